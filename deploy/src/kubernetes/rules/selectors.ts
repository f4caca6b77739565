/** Rules about what points at what: selectors find pods, ports exist, budgets and policies leave nobody out. Pure. */
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { nameOf, ofKind, type Tree } from '../tree.ts';
import { selects, type Workload, workloadsOf } from '../workload.ts';

/** Selectors of workloads, their spread and their anti-affinity find their own pods. */
export function workloadsSelectTheirPods(manifests: readonly Tree[]): string[] {
  return workloadsOf(manifests).flatMap(({ title, selector, labels, pod }) => {
    const apart = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const own = [...(pod.topologySpreadConstraints ?? []), ...apart];
    return [
      ...(Object.keys(selector).length > 0 && selects(selector, labels) ? [] : [`${title} does not select its pods`]),
      ...own
        .filter(({ labelSelector }) => !selects(labelSelector?.matchLabels ?? { none: '' }, labels))
        .map(({ topologyKey }) => `${title} is spread over ${topologyKey} by labels its pods do not have`),
      ...(own.length > 0 ? [] : [`${title} may end up on one node`]),
    ];
  });
}

/** Each Service has pods, and each of its ports is a port of theirs. */
export function servicesReachPods(manifests: readonly Tree[]): string[] {
  return ofKind(manifests, Service.is).flatMap((service) => {
    const pods = workloadsOf(manifests).filter(({ labels }) => selects(service.spec?.selector ?? { none: '' }, labels));
    if (pods.length !== 1) return [`${nameOf({ ...service })} selects ${pods.length} workloads`];
    return (service.spec?.ports ?? [])
      .filter(({ port, targetPort }) => !pods.every((workload) => hasPort(workload, targetPort ?? port)))
      .map(({ port, targetPort }) => `${nameOf({ ...service })}: no pod has port ${targetPort ?? port}`);
  });
}

/** Each Ingress leads to a port of a Service that exists. */
export function ingressesReachServices(manifests: readonly Tree[]): string[] {
  const services = ofKind(manifests, Service.is);
  return ofKind(manifests, Ingress.is).flatMap((ingress) =>
    (ingress.spec?.rules ?? [])
      .flatMap((rule) => rule.http?.paths ?? [])
      .flatMap(({ path, backend }) => {
        const service = services.find((one) => one.metadata?.name === backend.service?.name);
        const port = (service?.spec?.ports ?? []).find(({ name }) => name === backend.service?.port?.name);
        return port === undefined ? [`${nameOf({ ...ingress })}: ${path} leads nowhere`] : [];
      }),
  );
}

/** Each workload has one budget, each budget one workload, and it lets a pod go. */
export function budgetsCoverWorkloads(manifests: readonly Tree[]): string[] {
  const budgets = ofKind(manifests, PodDisruptionBudget.is);
  const selectorOf = (budget: (typeof budgets)[number]): Readonly<Record<string, string>> =>
    budget.spec?.selector?.matchLabels ?? { none: '' };
  return [
    ...workloadsOf(manifests).flatMap(({ title, labels }) => {
      const count = budgets.filter((budget) => selects(selectorOf(budget), labels)).length;
      return count === 1 ? [] : [`${title} has ${count} budgets`];
    }),
    ...budgets.flatMap((budget) => {
      const count = workloadsOf(manifests).filter(({ labels }) => selects(selectorOf(budget), labels)).length;
      const { maxUnavailable } = budget.spec ?? {};
      return [
        ...(count === 1 ? [] : [`${nameOf({ ...budget })} selects ${count} workloads`]),
        ...(maxUnavailable === 1 ? [] : [`${nameOf({ ...budget })} lets ${maxUnavailable} pods go, not 1`]),
      ];
    }),
  ];
}

/** True when a pod of the workload listens on the port, by name or number. */
export function hasPort(workload: Workload, port: number | string): boolean {
  return workload.pod.containers
    .flatMap((container) => container.ports ?? [])
    .some(({ name, containerPort }) => name === port || containerPort === port);
}
