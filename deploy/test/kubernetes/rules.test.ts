/** Each rule finds a fault that is planted in manifests which are good without it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readManifests } from '../../src/kubernetes/kustomize.ts';
import { EVERY_RULE } from '../../src/kubernetes/rules/every-rule.ts';
import { scalingMetricsExist, socketsOfALostZoneFit, zonesAreUsed } from '../../src/kubernetes/rules/scaling.ts';
import type { Tree } from '../../src/kubernetes/tree.ts';
import { KUBERNETES, production } from './places.ts';
import { withFault, without } from './planted.ts';

const GOOD = [...production(), ...readManifests(join(KUBERNETES, 'examples/ingress-nginx.yaml'))];
const POD = ['spec', 'template', 'spec'] as const;
const BOX = [...POD, 'containers', 0] as const;
const NATS_CONF = ['data', 'nats.conf'] as const;

type Fault = readonly [
  rule: string,
  manifest: string,
  path: readonly (string | number)[],
  value: unknown,
  says: RegExp,
];

const edge = 'Deployment/edge';
const nats = 'StatefulSet/nats';
const FAULTS: readonly Fault[] = [
  ['fit the schemas of the API', edge, ['spec', 'replicas'], 'three', /replicas must be integer/],
  ['fit the schemas of the API', edge, ['apiVersion'], 'apps/v2', /apps\/v2 has no schema/],
  [
    'bound and probe every container',
    edge,
    [...BOX, 'resources', 'limits', 'memory'],
    undefined,
    /no limits of memory/,
  ],
  [
    'bound and probe every container',
    nats,
    [...POD, 'containers', 1, 'resources', 'requests', 'cpu'],
    undefined,
    /metrics has no requests of cpu/,
  ],
  ['bound and probe every container', edge, [...BOX, 'startupProbe'], undefined, /no startupProbe/],
  ['bound and probe every container', edge, [...BOX, 'image'], 'voltlane:latest', /no fixed version/],
  ['restrict every container', edge, [...BOX, 'securityContext', 'readOnlyRootFilesystem'], false, /may write/],
  ['restrict every container', edge, [...BOX, 'securityContext', 'capabilities'], {}, /keeps capabilities/],
  ['restrict every container', edge, [...POD, 'securityContext', 'runAsNonRoot'], undefined, /as root/],
  ['restrict every container', edge, [...POD, 'securityContext', 'seccompProfile'], undefined, /seccomp/],
  ['restrict every container', edge, [...POD, 'enableServiceLinks'], undefined, /links of Services/],
  ['restrict every container', edge, [...POD, 'hostNetwork'], true, /namespace of its node/],
  [
    'restrict every container',
    nats,
    [...POD, 'volumes', 1],
    { name: 'pid', hostPath: { path: '/' } },
    /path of its node/,
  ],
  ['give no account rights or tokens', 'ServiceAccount/edge', ['automountServiceAccountToken'], undefined, /hands out/],
  ['give no account rights or tokens', edge, [...POD, 'automountServiceAccountToken'], true, /mounts a token/],
  ['give no account rights or tokens', edge, [...POD, 'serviceAccountName'], 'default', /no account of its own/],
  ['give no account rights or tokens', 'Ingress/api', ['kind'], 'RoleBinding', /nothing here needs/],
  [
    'name options that exist, with values that hold',
    'ConfigMap/voltlane-edge',
    ['data', 'VOLTLANE_OCPP_PROT'],
    '1',
    /did you mean VOLTLANE_OCPP_PORT/,
  ],
  [
    'name options that exist, with values that hold',
    'ConfigMap/voltlane-shared',
    ['data', 'VOLTLANE_NATS_REPLICAS'],
    '9',
    /VOLTLANE_NATS_REPLICAS is "9"/,
  ],
  ['have a nats-server for each copy', nats, ['spec', 'replicas'], 1, /3 copies of 1/],
  [
    'keep the heap of Node below the memory of its container',
    edge,
    [...BOX, 'resources', 'limits', 'memory'],
    '512Mi',
    /704 MiB is above/,
  ],
  [
    'keep the heap of Node below the memory of its container',
    'ConfigMap/voltlane-api',
    ['data', 'NODE_OPTIONS'],
    '',
    /a heap of NaN/,
  ],
  [
    'mount the secrets that options name',
    'Deployment/api',
    [...BOX, 'volumeMounts', 1, 'mountPath'],
    '/elsewhere',
    /nothing is mounted at .*api\/token/,
  ],
  [
    'mount the secrets that options name',
    'ConfigMap/voltlane-shared',
    ['data', 'VOLTLANE_NATS_TOKEN'],
    'x',
    /use VOLTLANE_NATS_TOKEN_FILE/,
  ],
  ['give every stop its time', edge, [...POD, 'terminationGracePeriodSeconds'], 135, /135 s is below the 140 s/],
  ['give every stop its time', 'Deployment/worker', [...POD, 'terminationGracePeriodSeconds'], 25, /25 s is below/],
  [
    'let a full edge drain at its pace',
    'ConfigMap/voltlane-edge',
    ['data', 'VOLTLANE_DRAIN_PER_SECOND'],
    '400',
    /takes 50 s/,
  ],
  ['let edges drain one by one', edge, ['spec', 'minReadySeconds'], 30, /30 is below preStop and drain, 55 s/],
  [
    'take nothing away before there is something new',
    edge,
    ['spec', 'strategy'],
    { type: 'Recreate' },
    /take pods away/,
  ],
  ['take nothing away before there is something new', edge, [...BOX, 'lifecycle'], undefined, /SIGTERM comes/],
  [
    'let nats-servers leave as lame ducks',
    nats,
    [...POD, 'terminationGracePeriodSeconds'],
    40,
    /40 s is below the 45 s/,
  ],
  ['let nats-servers leave as lame ducks', nats, [...BOX, 'lifecycle'], undefined, /lame duck/],
  ['let nats-servers leave as lame ducks', 'ConfigMap/nats-config', NATS_CONF, 'port: 4222', /NaN/],
  ['select their own pods', edge, ['spec', 'selector', 'matchLabels'], { app: 'edge' }, /does not select/],
  [
    'select their own pods',
    nats,
    [...POD, 'topologySpreadConstraints', 0, 'labelSelector'],
    { matchLabels: { app: 'x' } },
    /do not have/,
  ],
  ['select their own pods', 'Deployment/api', [...POD, 'topologySpreadConstraints'], undefined, /one node/],
  ['lead every Service to ports of pods', 'Service/edge', ['spec', 'selector'], { app: 'edge' }, /selects 0 workloads/],
  [
    'lead every Service to ports of pods',
    'Service/edge',
    ['spec', 'ports', 0, 'targetPort'],
    'http',
    /no pod has port http/,
  ],
  [
    'lead every Ingress to a Service',
    'Ingress/edge',
    ['spec', 'rules', 0, 'http', 'paths', 0, 'backend', 'service', 'name'],
    'x',
    /leads nowhere/,
  ],
  [
    'cover every workload with one budget',
    'PodDisruptionBudget/edge',
    ['spec', 'selector', 'matchLabels'],
    { app: 'x' },
    /Deployment\/edge has 0 budgets/,
  ],
  ['cover every workload with one budget', 'PodDisruptionBudget/nats', ['spec', 'maxUnavailable'], 2, /lets 2 pods go/],
  [
    'cover every pod with a policy',
    'NetworkPolicy/edge',
    ['spec', 'podSelector'],
    { matchLabels: { app: 'x' } },
    /Deployment\/edge has 0 policies/,
  ],
  [
    'cover every pod with a policy',
    'NetworkPolicy/edge',
    ['spec', 'ingress', 1, 'ports', 0, 'port'],
    9999,
    /no pod has port 9999/,
  ],
  [
    'cover every pod with a policy',
    'NetworkPolicy/nats',
    ['spec', 'ingress', 2],
    { ports: [] },
    /port metrics is open to nobody/,
  ],
  ['cover every pod with a policy', 'NetworkPolicy/default-deny', ['spec', 'ingress'], [{}], /no policy denies/],
  [
    'cover every pod with a policy',
    'NetworkPolicy/worker',
    ['spec', 'egress', 0, 'ports', 0, 'port'],
    4223,
    /no pod has port 4223/,
  ],
  ['scale what exists', 'HorizontalPodAutoscaler/edge', ['spec', 'scaleTargetRef', 'name'], 'x', /no Deployment\/x/],
  ['scale what exists', edge, ['spec', 'replicas'], 3, /sets replicas/],
];

const rule = (name: string) => {
  const found = EVERY_RULE[name];
  if (found === undefined) throw new Error(`there is no rule "${name}"`);
  return found;
};

describe('a planted fault', () => {
  it('is planted in manifests without any', () => {
    for (const [name, look] of Object.entries(EVERY_RULE)) expect([name, look(GOOD)]).toEqual([name, []]);
  });

  it('there is one for each rule', () => {
    expect([...new Set(FAULTS.map(([name]) => name))].toSorted()).toEqual(Object.keys(EVERY_RULE).toSorted());
  });

  it.each(FAULTS)('is found by "%s" in %s at %j = %j', (name, manifest, path, value, says) => {
    expect(rule(name)(withFault(GOOD, manifest, path, value)).join('\n')).toMatch(says);
  });

  it.each([
    ['cover every workload with one budget', 'PodDisruptionBudget/worker', /worker has 0 budgets/],
    ['cover every pod with a policy', 'NetworkPolicy/api', /api has 0 policies/],
    ['lead every Ingress to a Service', 'Service/api', /leads nowhere/],
    ['give no account rights or tokens', 'ServiceAccount/nats', /nats has no account/],
  ])('is found by "%s" when %s is missing', (name, manifest, says) => {
    expect(rule(name)(without(GOOD, manifest)).join('\n')).toMatch(says);
  });
});

describe('production', () => {
  it('that leaves a zone without room for the sockets of another is found', () => {
    const path = ['spec', 'metrics', 0, 'pods', 'target', 'averageValue'];
    const crowded = withFault(GOOD, 'HorizontalPodAutoscaler/edge', path, '15000');
    expect(socketsOfALostZoneFit(crowded, 3)).toEqual([expect.stringContaining('22500 sockets')]);
  });

  it('whose nats-servers may share a zone is found', () => {
    const path = [...POD, 'topologySpreadConstraints', 0, 'whenUnsatisfiable'];
    expect(zonesAreUsed(withFault(GOOD, nats, path, 'ScheduleAnyway'))).toEqual(['StatefulSet/nats may share a zone']);
    expect(zonesAreUsed(withFault(GOOD, edge, [...POD, 'topologySpreadConstraints'], []))).toHaveLength(1);
  });
});

describe('a metric of the autoscaler', () => {
  const adapter: Tree = parse(readFileSync(join(KUBERNETES, 'prometheus-adapter/values.yaml'), 'utf8'));
  const EXPOSED = [
    'voltlane_edge_connections{service="edge"} 3',
    'voltlane_edge_handshakes_total{result="accepted",service="edge"} 3',
  ];

  it('is there when the edge exposes its series', () => {
    expect(scalingMetricsExist(GOOD, adapter, EXPOSED.join('\n'))).toEqual([]);
  });

  it.each([
    ['its series is gone', EXPOSED.slice(1), /voltlane_edge_connections.* is in no \/metrics/],
    [
      'the label has other values',
      [EXPOSED[0], 'voltlane_edge_handshakes_total{result="rate"} 1'],
      /accepted.* is in no \/metrics/,
    ],
  ])('is missed when %s', (_, lines, says) => {
    expect(scalingMetricsExist(GOOD, adapter, lines.join('\n')).join('\n')).toMatch(says);
  });

  it('is missed when the adapter does not make it', () => {
    expect(scalingMetricsExist(GOOD, { rules: { custom: [] } }, EXPOSED.join('\n'))).toHaveLength(2);
  });
});
