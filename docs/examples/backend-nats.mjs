/**
 * A small backend on NATS and JSON alone: lets known drivers charge, follows every event from where it stopped, and unlocks the
 * connector of a charger whose transaction has ended.
 *
 *     curl -X PUT http://127.0.0.1:8080/v1/handlers -H 'Authorization: Bearer <key>' -H 'content-type: application/json' \
 *       -d '{"actions":{"Authorize":{"fallback":"reject"}}}'
 *     node docs/examples/backend-nats.mjs nats://127.0.0.1:4222
 */
import { AckPolicy, connect, DeliverPolicy } from 'nats';

const DRIVERS = new Set(['04A1B2C3D4', 'TAG1']);
const tenant = 'default';
const nats = await connect({ servers: process.argv[2] ?? 'nats://127.0.0.1:4222', maxReconnectAttempts: -1 });

/** A charger's identity as one token of a subject. */
const token = (charger) =>
  [...Buffer.from(charger, 'utf8')]
    .map((byte) => {
      const text = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(text) ? text : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** Asks for a command and waits for its outcome. The key makes asking twice harmless. */
const command = async (charger, action, payload, idempotencyKey) => {
  const request = JSON.stringify({ payload, idempotencyKey, requestedBy: 'example', wait: 20_000 });
  const reply = await nats.request(`command.${tenant}.${token(charger)}.${action}`, request, { timeout: 30_000 });
  return reply.json();
};

// Who may charge: asked in place of the built-in rule. Several copies of this program share the work.
nats.subscribe(`handle.${tenant}.Authorize`, {
  queue: 'drivers',
  callback: (_error, message) => {
    const { version, payload } = message.json();
    const status = DRIVERS.has(version === '1.6' ? payload.idTag : payload.idToken.idToken) ? 'Accepted' : 'Invalid';
    const response = version === '1.6' ? { idTagInfo: { status } } : { idTokenInfo: { status } };
    message.respond(JSON.stringify({ response }));
  },
});

// What happens: at least once, in order per charger, from where this consumer stopped.
const manager = await nats.jetstreamManager();
await manager.consumers.add('VOLTLANE_EVENTS', {
  durable_name: 'example',
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  filter_subject: `event.${tenant}.*.state`,
});
const consumer = await nats.jetstream().consumers.get('VOLTLANE_EVENTS', 'example');
console.log('following');
for await (const message of await consumer.consume()) {
  const { charger, source, events } = message.json();
  for (const { id, kind, data } of events) {
    console.log(charger, id, kind);
    if (kind !== 'transaction.ended') continue;
    const payload =
      source?.version === '1.6' ? { connectorId: data.connectorId } : { evseId: data.evseId, connectorId: 1 };
    const { outcome, response } = await command(charger, 'UnlockConnector', payload, `unlock ${id}`);
    console.log(charger, 'UnlockConnector', outcome, response?.status);
  }
  message.ack();
}
