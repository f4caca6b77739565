/** Rules about who may talk to whom. Pure. */
import { type INetworkPolicy, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ofKind, type Tree } from '../tree.ts';
import { type Labels, selects, type Workload, workloadsOf } from '../workload.ts';
import { hasPort } from './selectors.ts';

/** One policy denies everything; each workload has another that opens what it needs, to ports that exist. */
export function policiesCoverPods(manifests: readonly Tree[]): string[] {
  const policies = ofKind(manifests, NetworkPolicy.is);
  const workloads = workloadsOf(manifests);
  return [
    ...(policies.some(deniesAll) ? [] : ['no policy denies what is not allowed']),
    ...workloads.flatMap((workload) => {
      const own = policies.filter((policy) => selectorOf(policy) !== undefined && applies(policy, workload));
      return [
        ...(own.length === 1 ? [] : [`${workload.title} has ${own.length} policies of its own`]),
        ...own.flatMap((policy) => closedPorts(policy, workload)),
      ];
    }),
    ...policies.flatMap((policy) => [
      ...(workloads.some((workload) => applies(policy, workload)) ? [] : [`${titleOf(policy)} selects no pods`]),
      ...unknownPorts(policy, workloads),
    ]),
  ];
}

/** A port nobody may reach is a mistake here or in the container. Probes come from the node and are not asked. */
function closedPorts(policy: INetworkPolicy, workload: Workload): string[] {
  const open = (policy.spec?.ingress ?? []).flatMap(({ ports }) => ports ?? []).map(({ port }) => port);
  return workload.pod.containers
    .flatMap((container) => container.ports ?? [])
    .filter(
      ({ name, containerPort }) => !open.includes(name) && !open.includes(containerPort) && !PROBED.has(name ?? ''),
    )
    .map(({ name }) => `${titleOf(policy)}: port ${name} is open to nobody`);
}

/** Ports that only the kubelet asks. */
const PROBED: ReadonlySet<string> = new Set(['monitor', 'probe']);

function unknownPorts(policy: INetworkPolicy, workloads: readonly Workload[]): string[] {
  const title = titleOf(policy);
  const own = workloads.filter((workload) => applies(policy, workload));
  const into = (policy.spec?.ingress ?? []).flatMap(({ ports }) => ports ?? []).map(({ port }) => ({ port, at: own }));
  const outOf = (policy.spec?.egress ?? []).flatMap(({ to, ports }) => {
    const at = workloads.filter(({ labels }) =>
      (to ?? []).some(
        ({ podSelector }) => podSelector?.matchLabels !== undefined && selects(podSelector.matchLabels, labels),
      ),
    );
    return at.length === 0 ? [] : (ports ?? []).map(({ port }) => ({ port, at }));
  });
  return [...into, ...outOf]
    .filter(({ port, at }) => port === undefined || !at.every((workload) => hasPort(workload, port)))
    .map(({ port }) => `${title}: no pod has port ${port}`);
}

function deniesAll(policy: INetworkPolicy): boolean {
  const { spec } = policy;
  const both = ['Ingress', 'Egress'].every((type) => spec?.policyTypes?.some((one) => one === type) === true);
  return selectorOf(policy) === undefined && both && spec?.ingress === undefined && spec?.egress === undefined;
}

/** Labels a policy asks for; undefined when it is for every pod. */
function selectorOf(policy: INetworkPolicy): Labels | undefined {
  return policy.spec?.podSelector?.matchLabels;
}

function applies(policy: INetworkPolicy, workload: Workload): boolean {
  return selects(selectorOf(policy) ?? {}, workload.labels);
}

function titleOf(policy: INetworkPolicy): string {
  return `NetworkPolicy/${policy.metadata?.name}`;
}
