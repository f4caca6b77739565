/**
 * A lean charger for measuring: one link, one CALL outstanding, the answer only looked at for its message type. It boots like
 * any other, then sends what the schedule says, and answers commands when it is told how.
 */

import type { ChargerLink } from '@voltlane/charger';
import { connectWebSocket } from '@voltlane/charger';

/** A connected and booted charger that can send one CALL at a time. */
export interface BenchCharger {
  readonly id: string;
  /** True while no CALL is outstanding. */
  idle(): boolean;
  /** Sends a CALL; `done` is told whether the answer was a CALLRESULT. */
  call(action: string, payload: string, done: (ok: boolean) => void): void;
  close(): void;
}

/** A CALL of the broker: its message ids need no escapes. */
const CALL = /^\[2,"([^"]+)","([^"]+)"/;

/** Answers a command: `reply` sends the payload of a CALLRESULT, at once or later. */
export type OnCommand = (action: string, reply: (payload: string) => void) => void;

/** Connects, boots and waits for the acceptance. */
export async function connectBenchCharger(url: string, identity: string, onCommand?: OnCommand): Promise<BenchCharger> {
  let waiting: ((ok: boolean) => void) | undefined;
  let count = 0;
  const lost = Promise.withResolvers<never>();
  const link: ChargerLink = await connectWebSocket(
    { url, identity, subprotocols: ['ocpp1.6'] },
    {
      onText: (text) => {
        const command = onCommand === undefined ? null : CALL.exec(text);
        if (command !== null) {
          const [, messageId = '', action = ''] = command;
          onCommand?.(action, (payload) => link.send(`[3,"${messageId}",${payload}]`));
          return;
        }
        const done = waiting;
        if (done === undefined) return;
        waiting = undefined;
        done(text.startsWith('[3,'));
      },
      onClose: (code, reason) => {
        waiting?.(false);
        waiting = undefined;
        lost.reject(new Error(`${identity} was closed with ${code} ${reason}`));
      },
    },
  );
  lost.promise.catch(() => undefined);
  const charger: BenchCharger = {
    id: identity,
    idle: () => waiting === undefined,
    call: (action, payload, done) => {
      count += 1;
      waiting = done;
      link.send(`[2,"${count}","${action}",${payload}]`);
    },
    close: () => link.close(1000, 'done'),
  };
  const booted = new Promise<boolean>((resolve) => {
    charger.call('BootNotification', '{"chargePointVendor":"Voltlane","chargePointModel":"Bench"}', resolve);
  });
  if (!(await Promise.race([booted, lost.promise]))) throw new Error(`${identity} was refused at boot`);
  return charger;
}

/** Connects `count` chargers, a few at a time. */
export async function connectFleet(
  url: string,
  count: number,
  onCommand?: OnCommand,
): Promise<readonly BenchCharger[]> {
  const fleet: BenchCharger[] = [];
  const inParallel = 50;
  for (let from = 0; from < count; from += inParallel) {
    const numbers = Array.from({ length: Math.min(inParallel, count - from) }, (_, index) => from + index);
    fleet.push(...(await Promise.all(numbers.map((number) => connectBenchCharger(url, `BENCH-${number}`, onCommand)))));
  }
  return fleet;
}
