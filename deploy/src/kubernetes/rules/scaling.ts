/** Rules about scaling and places: who is scaled, by what, over which zones. Pure. */
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { list, ofKind, type Tree, text, tree } from '../tree.ts';
import { workloadsOf } from '../workload.ts';
import { configOf, serviceContainers } from './options.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** Who is scaled exists and leaves the number of its pods to the autoscaler. */
export function scaledWorkloadsExist(manifests: readonly Tree[]): string[] {
  return ofKind(manifests, HorizontalPodAutoscaler.is).flatMap(({ metadata, spec }) => {
    const target = `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`;
    const workload = workloadsOf(manifests).find(({ title }) => title === target);
    if (workload === undefined) return [`HorizontalPodAutoscaler/${metadata?.name}: there is no ${target}`];
    return workload.replicas === undefined ? [] : [`${target} sets replicas, which its autoscaler does as well`];
  });
}

/** The edges of the other zones have room for the sockets of one that is lost. */
export function socketsOfALostZoneFit(manifests: readonly Tree[], zones: number): string[] {
  const edge = serviceContainers(manifests).find(({ service }) => service === 'edge');
  if (edge === undefined) return ['there is no edge'];
  const { connectionsMax } = configOf(edge, 'edge', manifests);
  return metricsOf(manifests)
    .filter(({ name }) => name === 'voltlane_edge_connections')
    .map(({ average }) => (average * zones) / (zones - 1))
    .filter((sockets) => sockets > connectionsMax)
    .map((sockets) => `an edge would get ${sockets} sockets when a zone is lost, and takes ${connectionsMax}`);
}

/**
 * Each metric an autoscaler asks for is made by the adapter (`adapter`: values of its chart) from a series that an edge exposes
 * (`exposition`: what its /metrics says), labels included.
 */
export function scalingMetricsExist(manifests: readonly Tree[], adapter: Tree, exposition: string): string[] {
  const rules = list(tree(adapter['rules'], 'rules')['custom'], 'custom').map((rule) => tree(rule, 'rule'));
  return metricsOf(manifests).flatMap(({ name }) => {
    const rule = rules.find((one) => tree(one['name'], 'name')['as'] === name);
    if (rule === undefined) return [`${name} is made by no rule of the adapter`];
    const query = text(rule['seriesQuery'], 'seriesQuery');
    const [, series = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(query) ?? [];
    const wanted = labels.split(',').filter((label) => /^\w+="/.test(label));
    const found = exposition
      .split('\n')
      .some((line) => line.startsWith(`${series}{`) && wanted.every((label) => line.includes(label)));
    return found ? [] : [`${query} is in no /metrics`];
  });
}

/** Pods are spread over zones, and nats-servers must be. */
export function zonesAreUsed(manifests: readonly Tree[]): string[] {
  return workloadsOf(manifests).flatMap(({ title, name, pod }) => {
    const spread = (pod.topologySpreadConstraints ?? []).find(({ topologyKey }) => topologyKey === ZONE);
    if (spread === undefined) return [`${title} is not spread over zones`];
    return name === 'nats' && spread.whenUnsatisfiable !== 'DoNotSchedule' ? [`${title} may share a zone`] : [];
  });
}

function metricsOf(manifests: readonly Tree[]): { readonly name: string; readonly average: number }[] {
  return ofKind(manifests, HorizontalPodAutoscaler.is)
    .flatMap(({ spec }) => spec?.metrics ?? [])
    .flatMap(({ pods }) =>
      pods === undefined ? [] : [{ name: pods.metric.name, average: Number(pods.target.averageValue) }],
    );
}
