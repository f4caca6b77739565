/**
 * What a user would write today: a CSMS with the npm package `ocpp-rpc`, strict mode, handlers that answer from memory. Like the
 * broker it validates each call and its answer; it has no second process, and remembers nothing when it ends.
 */
import { RPCServer } from 'ocpp-rpc';

const rpc = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true });

rpc.on('client', (client) => {
  const charger = { lastSeenMs: 0, samples: 0 };
  client.handle(({ method }) => {
    const nowMs = Date.now();
    const currentTime = new Date(nowMs).toISOString();
    charger.lastSeenMs = nowMs;
    if (method === 'BootNotification') return { status: 'Accepted', interval: 300, currentTime };
    if (method === 'Heartbeat') return { currentTime };
    charger.samples += 1;
    return {};
  });
});
const server = await rpc.listen(0, '127.0.0.1');
const address = server.address();
console.log(typeof address === 'object' && address !== null ? address.port : 0);
process.on('SIGTERM', () => process.exit(0));
