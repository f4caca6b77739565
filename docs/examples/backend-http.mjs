/**
 * A small backend on HTTP alone: follows every event from where it stopped, and unlocks the connector of a charger whose transaction
 * has ended. Node's own fetch, nothing else.
 *
 *     node docs/examples/backend-http.mjs http://127.0.0.1:8080 <key>
 */
const [base = 'http://127.0.0.1:8080', key = ''] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

/** Asks for a command and waits for its outcome. The key makes asking twice harmless. */
const command = async (charger, action, payload, idempotencyKey) => {
  const path = `/v1/chargers/${encodeURIComponent(charger)}/commands`;
  const body = JSON.stringify({ action, payload, idempotencyKey, wait: 20_000 });
  const response = await fetch(base + path, { method: 'POST', headers, body });
  return response.json();
};

const happened = async ({ charger, id, kind, data, source }) => {
  console.log(charger, id, kind);
  if (kind !== 'transaction.ended') return;
  const payload =
    source?.version === '1.6' ? { connectorId: data.connectorId } : { evseId: data.evseId, connectorId: 1 };
  const { outcome, response } = await command(charger, 'UnlockConnector', payload, `unlock ${id}`);
  console.log(charger, 'UnlockConnector', outcome, response?.status);
};

/** Reads server-sent events until the stream ends; resolves to the id of the last one. */
const follow = async (lastEventId) => {
  const from = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${base}/v1/events?class=state`, { headers: { ...headers, ...from } });
  if (!response.ok) throw new Error(await response.text());
  let last = lastEventId;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.data !== undefined && fields.event !== 'gap') await happened(JSON.parse(fields.data));
      last = fields.id ?? last;
    }
  }
  return last;
};

const { chargers } = await (await fetch(`${base}/v1/chargers?limit=1000`, { headers })).json();
console.log('chargers', chargers.map(({ chargerId }) => chargerId).join(' '));
let last = '';
for (;;) {
  try {
    last = await follow(last);
  } catch (error) {
    console.log('again in a second:', error.message);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}
