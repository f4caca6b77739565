/** Makes faults happen at their time, and stop. */

import { SUBPROTOCOLS } from '@voltlane/ocpp';
import type { Random } from '@voltlane/time';
import { type Fault, faultText, type LinkFaultKind, type NodeFaultKind } from './fault.ts';
import { between, stream, whole } from './streams.ts';
import type { World } from './world.ts';

/** Sets timers for all faults of a run. */
export function scheduleFaults(world: World, faults: readonly Fault[]): void {
  for (const fault of faults) {
    world.clock.after(fault.atMs, () => {
      world.trace.note(undefined, `fault ${faultText(fault)}`);
      const random = stream(world.size.seed, `fault ${fault.id}`);
      const undo = 'node' in fault ? beginOnNode(world, fault, random) : beginOnLinks(world, fault, random);
      if (undo === undefined) return;
      if ('node' in fault) world.disturbed(1);
      world.clock.after(fault.durationMs, () => {
        world.trace.note(undefined, `fault #${fault.id} over`);
        undo();
        if ('node' in fault) world.disturbed(-1);
      });
    });
  }
}

type Undo = (() => void) | undefined;

function beginOnNode(
  world: World,
  fault: Fault & { readonly kind: NodeFaultKind; readonly node: string },
  random: Random,
): Undo {
  const node = world.nodes.get(fault.node);
  if (node === undefined) return undefined;
  switch (fault.kind) {
    case 'partition':
      node.cut();
      return () => node.heal();
    case 'pause':
      node.pause();
      return () => node.resume();
    case 'crash':
      node.crash();
      return () => node.allowUp();
    case 'stop':
      node.stop();
      return () => node.allowUp();
    default:
      world.weather.begin(fault.node, fault, random);
      return () => world.weather.end(fault.node, fault.id);
  }
}

function beginOnLinks(
  world: World,
  fault: Fault & { readonly kind: LinkFaultKind; readonly share: number },
  random: Random,
): Undo {
  const ids = [...world.chargers.keys()].filter(() => random.next() < fault.share);
  // A small share of a small world is still somebody.
  if (ids.length === 0) ids.push([...world.chargers.keys()][whole(random, world.chargers.size)] ?? '');
  const links = ids.flatMap((id) => world.network.linksOf(id));
  switch (fault.kind) {
    case 'linkCut':
      for (const link of links) link.cut();
      return undefined;
    case 'linkSilent':
      for (const link of links) link.silence();
      return undefined;
    case 'linkBlackhole':
      for (const link of links) link.blackhole(between(random, 1_000, Math.max(2_000, fault.durationMs)));
      return undefined;
    case 'linkStall':
      for (const id of ids) world.network.stall(id, () => between(random, 0, fault.amount));
      return () => {
        for (const id of ids) world.network.stall(id, undefined);
      };
    case 'reboot':
      for (const id of ids) world.chargers.get(id)?.reboot(random.next() < 0.5 ? 'SoftReset' : 'HardReset');
      return undefined;
    case 'impostor':
      return impostors(world, ids, random);
  }
}

/** Sockets under others' identities that say nothing; they go when they are replaced, or with the fault. */
function impostors(world: World, ids: readonly string[], random: Random): Undo {
  const closes: (() => void)[] = [];
  for (const id of ids) {
    const version = world.chargers.get(id)?.version ?? '1.6';
    const target = { url: 'ws://simulated/ocpp', identity: id, subprotocols: [SUBPROTOCOLS[version]] };
    const events = { onText: (): void => undefined, onClose: (): void => undefined };
    world.network
      .connectOf(id, random)(target, events)
      .then(
        (link) => closes.push(() => link.terminate()),
        () => undefined,
      );
  }
  return () => {
    for (const close of closes) close();
  };
}
