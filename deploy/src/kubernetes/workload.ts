/** What runs: Deployments and StatefulSets seen alike, with the environment each container gets. Pure. */
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { nameOf, type Tree } from './tree.ts';

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** A set of equal pods. */
export interface Workload {
  /** `Deployment/edge`. */
  readonly title: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  /** Undefined where somebody else decides, or it is one. */
  readonly replicas: number | undefined;
  readonly selector: Labels;
  /** Labels of its pods. */
  readonly labels: Labels;
  readonly pod: IPodSpec;
  readonly minReadyS: number;
  /** How many of its pods a new version may take away before there are new ones. */
  readonly maxUnavailable: number | string | undefined;
}

/** All workloads among the manifests. */
export function workloadsOf(manifests: readonly Tree[]): readonly Workload[] {
  return manifests.flatMap((manifest): Workload[] => {
    const isDeployment = Deployment.is(manifest);
    if (!isDeployment && !StatefulSet.is(manifest)) return [];
    const { spec } = manifest;
    const pod = spec?.template.spec;
    if (spec === undefined || pod === undefined || pod === null) return [];
    return [
      {
        title: nameOf(manifest),
        kind: isDeployment ? 'Deployment' : 'StatefulSet',
        name: manifest.metadata?.name ?? '',
        replicas: spec.replicas,
        selector: spec.selector.matchLabels ?? {},
        labels: spec.template.metadata?.labels ?? {},
        pod,
        minReadyS: spec.minReadySeconds ?? 0,
        maxUnavailable: isDeployment ? manifest.spec?.strategy?.rollingUpdate?.maxUnavailable : undefined,
      },
    ];
  });
}

/** True when `labels` has everything `selector` asks for. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

/** The environment of a container, later sources over earlier ones; what comes from elsewhere (Secret, field) is `undefined`. */
export function envOf(container: IContainer, manifests: readonly Tree[]): Readonly<Record<string, string | undefined>> {
  const env: Record<string, string | undefined> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = manifests.find((one) => nameOf(one) === `ConfigMap/${configMapRef?.name}`);
    Object.assign(env, ConfigMap.is(map) ? map.data : {});
  }
  for (const { name, value } of container.env ?? []) env[name] = value;
  return env;
}

/** Seconds that pass between the end of a pod and its SIGTERM. */
export function preStopS(container: IContainer): number {
  return container.lifecycle?.preStop?.sleep?.seconds ?? 0;
}

/** `1Gi`, `512Mi`, … in bytes. */
export function bytesOf(quantity: unknown): number {
  const [, digits = '0', unit = ''] = /^(\d+)(Ki|Mi|Gi|Ti)?$/.exec(String(quantity)) ?? [];
  return Number(digits) * 1024 ** ['', 'Ki', 'Mi', 'Gi', 'Ti'].indexOf(unit);
}
