/** The rules that hold for every set of manifests, by the sentence a failing test shows. */
import { schemaProblems } from '../api-schema.ts';
import type { Tree } from '../tree.ts';
import { accountsHaveNoRights, containersAreBoundedAndProbed, containersAreRestricted } from './containers.ts';
import { policiesCoverPods } from './network.ts';
import { heapFitsMemory, optionsExistAndHold, replicasHaveServers, secretsAreMounted } from './options.ts';
import { scaledWorkloadsExist } from './scaling.ts';
import {
  budgetsCoverWorkloads,
  ingressesReachServices,
  servicesReachPods,
  workloadsSelectTheirPods,
} from './selectors.ts';
import {
  drainKeepsItsPace,
  edgesDrainOneByOne,
  graceCoversStop,
  natsLeavesAsLameDuck,
  rolloutsAreGentle,
} from './stopping.ts';

/** Looks at resolved manifests and says what is wrong. */
export type Rule = (manifests: readonly Tree[]) => string[];

/** Sentence → rule. */
export const EVERY_RULE: Readonly<Record<string, Rule>> = {
  'fit the schemas of the API': schemaProblems,
  'bound and probe every container': containersAreBoundedAndProbed,
  'restrict every container': containersAreRestricted,
  'give no account rights or tokens': accountsHaveNoRights,
  'name options that exist, with values that hold': optionsExistAndHold,
  'have a nats-server for each copy': replicasHaveServers,
  'keep the heap of Node below the memory of its container': heapFitsMemory,
  'mount the secrets that options name': secretsAreMounted,
  'give every stop its time': graceCoversStop,
  'let a full edge drain at its pace': drainKeepsItsPace,
  'let edges drain one by one': edgesDrainOneByOne,
  'take nothing away before there is something new': rolloutsAreGentle,
  'let nats-servers leave as lame ducks': natsLeavesAsLameDuck,
  'select their own pods': workloadsSelectTheirPods,
  'lead every Service to ports of pods': servicesReachPods,
  'lead every Ingress to a Service': ingressesReachServices,
  'cover every workload with one budget': budgetsCoverWorkloads,
  'cover every pod with a policy': policiesCoverPods,
  'scale what exists': scaledWorkloadsExist,
};
