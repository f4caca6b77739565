/** Rules about each container: what it may use, how it is watched, what it may do. Pure. */
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { ofKind, type Tree } from '../tree.ts';
import { workloadsOf } from '../workload.ts';

/** Requests and limits of CPU and memory, three probes, an image of a fixed version. */
export function containersAreBoundedAndProbed(manifests: readonly Tree[]): string[] {
  return eachContainer(manifests, (container) => [
    ...(['requests', 'limits'] as const).flatMap((side) =>
      ['cpu', 'memory']
        .filter((resource) => container.resources?.[side]?.[resource] === undefined)
        .map((resource) => `has no ${side} of ${resource}`),
    ),
    ...(['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      .filter((probe) => container[probe] === undefined)
      .map((probe) => `has no ${probe}`),
    ...(/:(?!latest$)[\w.-]+$/.test(container.image ?? '') ? [] : [`image ${container.image} has no fixed version`]),
  ]);
}

/** What the Pod Security Standard `restricted` asks for, and a root file system that nobody writes to. */
export function containersAreRestricted(manifests: readonly Tree[]): string[] {
  return [
    ...eachContainer(manifests, ({ securityContext }) => [
      ...(securityContext?.allowPrivilegeEscalation === false ? [] : ['may escalate its privileges']),
      ...(securityContext?.readOnlyRootFilesystem === true ? [] : ['may write to its root file system']),
      ...(securityContext?.capabilities?.drop?.includes('ALL') === true ? [] : ['keeps capabilities']),
      ...((securityContext?.capabilities?.add ?? []).length > 0 ? ['adds capabilities'] : []),
      ...(securityContext?.privileged === true ? ['is privileged'] : []),
    ]),
    ...workloadsOf(manifests).flatMap(({ title, pod }) => podProblems(pod).map((problem) => `${title} ${problem}`)),
  ];
}

function podProblems(pod: IPodSpec): string[] {
  const { securityContext } = pod;
  const shared = [pod.hostNetwork, pod.hostPID, pod.hostIPC].includes(true);
  return [
    ...(securityContext?.runAsNonRoot === true && (securityContext.runAsUser ?? 0) > 0 ? [] : ['may run as root']),
    ...(securityContext?.seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
    ...(shared ? ['shares a namespace of its node'] : []),
    ...((pod.volumes ?? []).some((volume) => volume.hostPath !== undefined) ? ['mounts a path of its node'] : []),
    // A Service called voltlane-… would put names into the environment that the services refuse.
    ...(pod.enableServiceLinks === false ? [] : ['takes links of Services into its environment']),
  ];
}

/** Each pod has an account of its own, and neither has a token. */
export function accountsHaveNoRights(manifests: readonly Tree[]): string[] {
  const accounts = ofKind(manifests, ServiceAccount.is);
  const known = new Set(accounts.map((account) => account.metadata?.name));
  return [
    ...accounts
      .filter((account) => account.automountServiceAccountToken !== false)
      .map((account) => `ServiceAccount/${account.metadata?.name} hands out its token`),
    ...workloadsOf(manifests).flatMap(({ title, pod }) => [
      ...(pod.automountServiceAccountToken === false ? [] : [`${title} mounts a token`]),
      ...(known.has(pod.serviceAccountName) ? [] : [`${title} has no account of its own`]),
    ]),
    ...manifests
      .filter((one) => /^(Cluster)?Role(Binding)?$/.test(String(one['kind'])))
      .map((one) => `${String(one['kind'])}: nothing here needs the API server`),
  ];
}

function eachContainer(manifests: readonly Tree[], look: (container: IContainer) => readonly string[]): string[] {
  return workloadsOf(manifests).flatMap(({ title, pod }) =>
    [...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) =>
      look(container).map((problem) => `${title} ${container.name} ${problem}`),
    ),
  );
}
