/** Orders to the HAProxy of a set over its runtime socket, and what it says of its servers. */
import { connect } from 'node:net';
import { DeployError } from '../errors.ts';

/** The balancer as a roll needs it. `edge` is the name of a server. */
export interface Balancer {
  /** No new sockets; those it has stay. */
  takeOut(edge: string): Promise<void>;
  /** New sockets again, as soon as its health check says so. */
  putBack(edge: string): Promise<void>;
  /** True when it gets new sockets. */
  isUp(edge: string): Promise<boolean>;
}

const BACKEND = 'edges';
const ANSWER_MS_MAX = 5_000;

/** The balancer behind a runtime socket. */
export function createBalancer(socket: string): Balancer {
  // An order that was carried out is answered with nothing.
  const order = async (text: string): Promise<void> => {
    const answer = (await ask(socket, text)).trim();
    if (answer !== '') throw new DeployError('balancer-refused', `haproxy refused "${text}": ${answer}`);
  };
  return {
    takeOut: (edge) => order(`set server ${BACKEND}/${edge} state drain`),
    putBack: (edge) => order(`set server ${BACKEND}/${edge} state ready`),
    isUp: async (edge) => statusOf(await ask(socket, 'show stat'), BACKEND, edge)?.startsWith('UP') === true,
  };
}

/** Status of a server in the table of `show stat`; undefined when it has none there. */
export function statusOf(table: string, backend: string, server: string): string | undefined {
  const [head = '', ...rows] = table.split('\n');
  const column = head.replace(/^# /, '').split(',').indexOf('status');
  const row = rows.map((line) => line.split(',')).find(([proxy, name]) => proxy === backend && name === server);
  return column < 0 ? undefined : row?.[column];
}

function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let answer = '';
    const fail = (why: string): void =>
      void socket.destroy(new DeployError('balancer-refused', `haproxy at ${path}: ${why}`));
    socket.setTimeout(ANSWER_MS_MAX, () => fail(`no answer to "${command}" within ${ANSWER_MS_MAX} ms`));
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${command}\n`));
    socket.on('data', (part: string) => {
      answer += part;
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(answer));
  });
}
