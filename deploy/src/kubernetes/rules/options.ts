/** Rules about the environment: it holds options that exist, with values the services accept. Pure. */
import { CATALOGUE, ConfigError, type ConfigOf, type GroupName, loadConfig } from '@voltlane/config';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { Secret } from 'kubernetes-models/v1/Secret';
import { ofKind, type Tree } from '../tree.ts';
import { bytesOf, envOf, type Workload, workloadsOf } from '../workload.ts';

/** A container that runs one of our services. */
export interface ServiceContainer {
  readonly workload: Workload;
  readonly container: IContainer;
  readonly service: 'edge' | 'worker' | 'api';
}

/** Share of a container's memory that the heap of Node may take; sockets, buffers and code need the rest. */
const HEAP_SHARE_MAX = 0.75;
/** Stands for every mounted secret while a configuration is checked. */
const SECRET_TEXT = 'x'.repeat(32);

/** All containers of ours, told by what they run: the last argument, behind flags of Node. */
export function serviceContainers(manifests: readonly Tree[]): readonly ServiceContainer[] {
  return workloadsOf(manifests).flatMap((workload) =>
    workload.pod.containers.flatMap((container): ServiceContainer[] => {
      const service = /^services\/(\w+)\/dist\/main\.js$/.exec(container.args?.at(-1) ?? '')?.[1];
      return service === 'edge' || service === 'worker' || service === 'api' ? [{ workload, container, service }] : [];
    }),
  );
}

/** The options a service of ours gets, as it would read them. Throws ConfigError. */
export function configOf<G extends GroupName>(
  { container }: ServiceContainer,
  group: G,
  manifests: readonly Tree[],
): ConfigOf<G> {
  return loadConfig([group], envOf(container, manifests), () => SECRET_TEXT).config;
}

/** Every `VOLTLANE_…` is an option, and each service starts with what it is given. */
export function optionsExistAndHold(manifests: readonly Tree[]): string[] {
  return serviceContainers(manifests).flatMap((one) => {
    try {
      configOf(one, one.service, manifests);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return [`${one.workload.title}: ${error.message}`];
      throw error;
    }
  });
}

/** Copies of a record need as many nats-servers. */
export function replicasHaveServers(manifests: readonly Tree[]): string[] {
  const nats = workloadsOf(manifests).find(({ name }) => name === 'nats');
  return serviceContainers(manifests).flatMap((one) => {
    const { natsReplicas } = configOf(one, one.service, manifests);
    if (nats !== undefined && (nats.replicas ?? 1) >= natsReplicas) return [];
    return [`${one.workload.title} wants ${natsReplicas} copies of ${nats?.replicas ?? 0} nats-servers`];
  });
}

/** The heap of Node ends before the kernel ends the container. */
export function heapFitsMemory(manifests: readonly Tree[]): string[] {
  return serviceContainers(manifests).flatMap(({ workload, container }) => {
    const flags = envOf(container, manifests)['NODE_OPTIONS'] ?? '';
    const heapMiB = Number(/--max-old-space-size=(\d+)/.exec(flags)?.[1] ?? Number.NaN);
    const limitMiB = bytesOf(container.resources?.limits?.['memory']) / 1024 ** 2;
    if (heapMiB <= limitMiB * HEAP_SHARE_MAX) return [];
    return [`${workload.title}: a heap of ${heapMiB} MiB is above ${HEAP_SHARE_MAX * 100} % of ${limitMiB} MiB`];
  });
}

/** An option that is a secret comes from a file, and the file from a Secret that is mounted there. */
export function secretsAreMounted(manifests: readonly Tree[]): string[] {
  return serviceContainers(manifests).flatMap(({ workload, container }) => {
    const env = envOf(container, manifests);
    return CATALOGUE.filter((entry) => entry.option.secret === true).flatMap((entry) => {
      if (entry.env in env) return [`${workload.title}: ${entry.env} is in the environment; use ${entry.env}_FILE`];
      const file = env[`${entry.env}_FILE`];
      const mounts = (container.volumeMounts ?? []).filter((mount) => file?.startsWith(`${mount.mountPath}/`) === true);
      const volumes = (workload.pod.volumes ?? []).filter((volume) => mounts.some(({ name }) => name === volume.name));
      if (file === undefined || volumes.some((volume) => volume.secret !== undefined)) return [];
      return [`${workload.title}: nothing is mounted at ${file}`];
    });
  });
}

/** Secrets do not come from a repository. */
export function secretsAreElsewhere(manifests: readonly Tree[]): string[] {
  return ofKind(manifests, Secret.is).map((secret) => `Secret/${secret.metadata?.name} is in the repository`);
}
