/**
 * The schemas of the Kubernetes API, from the package kubernetes-models, for the kinds this repository has. They let unknown fields
 * pass, as the API's own do; the package's types do not, and a test holds the manifests against them as well.
 */
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { nameOf, type Tree } from './tree.ts';

/** Finds what the schema of its kind has against each manifest; a kind without a schema here is a finding. */
export function schemaProblems(manifests: readonly Tree[]): string[] {
  return manifests.flatMap((manifest) => {
    const model = modelOf(manifest);
    if (model === undefined) return [`${nameOf(manifest)}: ${String(manifest['apiVersion'])} has no schema here`];
    try {
      model.validate();
      return [];
    } catch (error) {
      return [`${nameOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

function modelOf(manifest: Tree): { validate(): void } | undefined {
  if (Namespace.is(manifest)) return new Namespace(manifest);
  if (ServiceAccount.is(manifest)) return new ServiceAccount(manifest);
  if (ConfigMap.is(manifest)) return new ConfigMap(manifest);
  if (Secret.is(manifest)) return new Secret(manifest);
  if (Service.is(manifest)) return new Service(manifest);
  if (Deployment.is(manifest)) return new Deployment(manifest);
  if (StatefulSet.is(manifest)) return new StatefulSet(manifest);
  if (HorizontalPodAutoscaler.is(manifest)) return new HorizontalPodAutoscaler(manifest);
  if (PodDisruptionBudget.is(manifest)) return new PodDisruptionBudget(manifest);
  if (NetworkPolicy.is(manifest)) return new NetworkPolicy(manifest);
  if (Ingress.is(manifest)) return new Ingress(manifest);
  return undefined;
}
