/** Rules about the end of a pod: whoever stops gets the time its stop takes. Pure. */
import { STOP_SHARE, TELL_WITHIN } from '@voltlane/edge';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { ofKind, type Tree } from '../tree.ts';
import { preStopS, workloadsOf } from '../workload.ts';
import { configOf, serviceContainers } from './options.ts';

/** Between the last line of a process and the kubelet's SIGKILL, seconds. */
const MARGIN_S = 5;
/** What Kubernetes gives when nothing is said. */
const GRACE_S = 30;

/** `terminationGracePeriodSeconds` ≥ preStop + stop deadline + a margin. */
export function graceCoversStop(manifests: readonly Tree[]): string[] {
  return serviceContainers(manifests).flatMap((one) => {
    const graceS = one.workload.pod.terminationGracePeriodSeconds ?? GRACE_S;
    const needS = preStopS(one.container) + configOf(one, one.service, manifests).stopDeadlineMs / 1000 + MARGIN_S;
    return graceS >= needS
      ? []
      : [`${one.workload.title}: a grace of ${graceS} s is below the ${needS} s a stop may take`];
  });
}

/** A full edge can keep its pace: what `drainPerSecond` needs fits the part of the stop in which sockets are told. */
export function drainKeepsItsPace(manifests: readonly Tree[]): string[] {
  return edges(manifests).flatMap(({ title, tellS, tellMaxS }) =>
    tellS <= tellMaxS ? [] : [`${title}: telling all sockets takes ${tellS} s, the stop has ${tellMaxS} s for it`],
  );
}

/** The next edge begins to go only when the one before has told its sockets; a rollout waits for nothing else. */
export function edgesDrainOneByOne(manifests: readonly Tree[]): string[] {
  return edges(manifests).flatMap(({ title, tellS, stopS, minReadyS }) =>
    minReadyS >= stopS + tellS
      ? []
      : [`${title}: minReadySeconds ${minReadyS} is below preStop and drain, ${stopS + tellS} s`],
  );
}

/** Whatever takes connections goes on taking them while the endpoints are told, and a rollout takes nothing away first. */
export function rolloutsAreGentle(manifests: readonly Tree[]): string[] {
  return [
    ...workloadsOf(manifests)
      .filter(({ kind, maxUnavailable }) => kind === 'Deployment' && maxUnavailable !== 0)
      .map(({ title }) => `${title}: a rollout may take pods away before there are new ones`),
    ...serviceContainers(manifests)
      .filter(({ service, container }) => service !== 'worker' && preStopS(container) === 0)
      .map(({ workload }) => `${workload.title}: SIGTERM comes while connections still do`),
  ];
}

/** nats-server leaves in the mode that moves its clients, and has the time for it. */
export function natsLeavesAsLameDuck(manifests: readonly Tree[]): string[] {
  const conf =
    ofKind(manifests, ConfigMap.is).find((map) => map.metadata?.name === 'nats-config')?.data?.['nats.conf'] ?? '';
  const secondsOf = (name: string): number =>
    Number(new RegExp(`^${name}: "(\\d+)s"$`, 'm').exec(conf)?.[1] ?? Number.NaN);
  return workloadsOf(manifests)
    .filter(({ name }) => name === 'nats')
    .flatMap(({ title, pod }) => {
      const graceS = pod.terminationGracePeriodSeconds ?? GRACE_S;
      const needS = secondsOf('lame_duck_grace_period') + secondsOf('lame_duck_duration') + MARGIN_S;
      const command = pod.containers.find(({ name }) => name === 'nats')?.lifecycle?.preStop?.exec?.command ?? [];
      return [
        ...(graceS >= needS ? [] : [`${title}: a grace of ${graceS} s is below the ${needS} s of its lame duck mode`]),
        ...(command.join(' ').includes('--signal ldm=') ? [] : [`${title} does not go into lame duck mode`]),
      ];
    });
}

interface EdgeStop {
  readonly title: string;
  readonly minReadyS: number;
  readonly stopS: number;
  readonly tellS: number;
  readonly tellMaxS: number;
}

function edges(manifests: readonly Tree[]): EdgeStop[] {
  return serviceContainers(manifests)
    .filter(({ service }) => service === 'edge')
    .map((one) => {
      const config = configOf(one, 'edge', manifests);
      return {
        title: one.workload.title,
        minReadyS: one.workload.minReadyS,
        stopS: preStopS(one.container),
        tellS: config.connectionsMax / config.drainPerSecond,
        tellMaxS: (config.stopDeadlineMs / 1000) * STOP_SHARE * TELL_WITHIN,
      };
    });
}
