/**
 * Traces through real processes to a receiver: one trace per call from edge over worker to journal, one per command from api over worker
 * to edge; and nothing at all where nobody asked, or where the receiver is not there.
 */

import { freePort } from '@voltlane/testkit';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerSet, startBrokerSet } from './broker-set.ts';
import { openSocket, type Socket } from './charger-socket.ts';
import { httpBackend } from './command-backend.ts';
import { type CommandCharger, createCommandCharger } from './command-charger.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const BOOT = { chargePointVendor: 'V', chargePointModel: 'M' };
const STOP_MS_MAX = 10_000;

function named(trace: readonly ReceivedSpan[], service: string, name: string): ReceivedSpan {
  const found = trace.find((span) => span.service === `voltlane-${service}` && span.name === name);
  if (found === undefined) throw new Error(`no ${service} ${name} in ${trace.map((one) => one.name).join(', ')}`);
  return found;
}

describe('with traces of everything', () => {
  let receiver: OtlpReceiver;
  let broker: BrokerSet;
  let socket: Socket;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    const env = {
      VOLTLANE_TRACE_URL: receiver.url,
      VOLTLANE_TRACE_RATIO: '1',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-receiver',
    };
    broker = await startBrokerSet(env, { api: 1 });
    socket = await openSocket(`${broker.ocppUrl}/TRACE-1`);
  });

  afterAll(async () => {
    socket.end();
    await broker.stop();
    await receiver.stop();
  });

  it('a call is one trace from the edge over the worker to the journal, and its record carries it on', async () => {
    await socket.ask('b1', 'BootNotification', BOOT);
    const trace = await receiver.trace(
      ({ service, name }) => service === 'voltlane-edge' && name === 'BootNotification',
      3,
    );
    const edge = named(trace, 'edge', 'BootNotification');
    const worker = named(trace, 'worker', 'BootNotification');
    const append = named(trace, 'worker', 'journal append');
    expect([edge.kind, worker.kind, append.kind]).toEqual([SERVER, CONSUMER, PRODUCER]);
    expect([edge.parentSpanId, worker.parentSpanId, append.parentSpanId]).toEqual(['', edge.spanId, worker.spanId]);
    expect(edge.tookMs).toBeGreaterThan(worker.tookMs);
    expect(worker.tookMs).toBeGreaterThan(append.tookMs);
    expect(Object.fromEntries(edge.attributes)).toMatchObject({
      'rpc.method': 'BootNotification',
      'ocpp.version': '1.6',
      'voltlane.tenant': 'default',
      'voltlane.charger': 'TRACE-1',
      'voltlane.outcome': 'result',
    });
    expect(receiver.headers()['authorization']).toBe('Bearer of-the-receiver');
    expect(await headersOf(broker, 'event.default.TRACE-1.state')).toContain(
      `traceparent: 00-${append.traceId}-${append.spanId}-01`,
    );
  });

  it('a call that is refused at the edge is a failed span of the edge alone, and no text of a charger names a span', async () => {
    await socket.ask('u1', 'Invented<>', {});
    const [span] = await receiver.trace(({ attributes }) => attributes.get('voltlane.outcome') === 'refused', 1);
    expect([span?.name, span?.failed]).toEqual(['other', true]);
    expect(span?.attributes.get('error.type')).toBe('NotImplemented');
  });

  it('a payload and a token are in no span', async () => {
    await socket.ask('s1', 'StartTransaction', {
      connectorId: 1,
      idTag: 'SECRET-TAG',
      meterStart: 0,
      timestamp: '2026-01-01T00:00:00Z',
    });
    const trace = await receiver.trace(({ name }) => name === 'StartTransaction', 3);
    const told = receiver.spans.map(({ name, attributes }) => JSON.stringify([name, ...attributes]));
    expect(trace.length).toBeGreaterThanOrEqual(3);
    expect(told.filter((text) => text.includes('SECRET-TAG'))).toEqual([]);
  });

  it('a command over HTTP is one trace from the api over the worker to the edge, below the one of who asked', async () => {
    const charger = await answering(broker, 'TRACE-2');
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await fetch(`${broker.apiUrls[0]}/v1/chargers/TRACE-2/commands`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${broker.apiToken}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ action: 'ClearCache' }),
    });
    expect(await response.json()).toMatchObject({ outcome: 'accepted' });
    const trace = await receiver.trace((span) => span.traceId === traceId, 5);
    const api = named(trace, 'api', 'POST /v1/chargers/:chargerId/commands');
    const worker = named(trace, 'worker', 'ClearCache');
    const edge = named(trace, 'edge', 'ClearCache');
    expect([api.kind, worker.kind, edge.kind]).toEqual([SERVER, CONSUMER, CLIENT]);
    expect([api.parentSpanId, worker.parentSpanId, edge.parentSpanId]).toEqual([
      '00f067aa0ba902b7',
      api.spanId,
      worker.spanId,
    ]);
    expect(worker.attributes.get('voltlane.outcome')).toBe('accepted');
    const appends = trace.filter(({ name }) => name === 'journal append');
    expect(appends.map(({ parentSpanId }) => parentSpanId)).toEqual(appends.map(() => worker.spanId));
    charger.leave();
  });

  it('a request that says it is not traced is not', async () => {
    const traceId = '11111111111111111111111111111111';
    const headers = {
      authorization: `Bearer ${broker.apiToken}`,
      traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
    };
    await fetch(`${broker.apiUrls[0]}/v1/chargers`, { headers });
    const after = { ...headers, traceparent: '00-22222222222222222222222222222222-00f067aa0ba902b7-01' };
    await fetch(`${broker.apiUrls[0]}/v1/chargers`, { headers: after });
    await receiver.trace((span) => span.traceId.startsWith('2222'), 1);
    expect(receiver.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it.each(['edge', 'worker', 'api'] as const)('the latencies of the %s name traces', async (service) => {
    const text = await broker.metrics(service);
    expect(text.endsWith('# EOF\n')).toBe(true);
    const exemplar = /^voltlane_\w+_bucket\{.*\} \d+ # \{trace_id="([0-9a-f]{32})"\} [\d.e-]+ [\d.]+$/m.exec(text);
    expect(receiver.spans.map(({ traceId }) => traceId)).toContain(exemplar?.[1]);
    expect(text).toMatch(/^voltlane_trace_spans_total\{fate="sent",.*\} [1-9]/m);
  });
});

describe('with a receiver that is not there', () => {
  it('chargers and backends notice nothing, and each process stops in time', async () => {
    const env = { VOLTLANE_TRACE_URL: `http://127.0.0.1:${await freePort()}`, VOLTLANE_TRACE_RATIO: '1' };
    const broker = await startBrokerSet(env, { api: 1 });
    try {
      const charger = await answering(broker, 'TRACE-3');
      const socket = await openSocket(`${broker.ocppUrl}/TRACE-4`);
      expect(await socket.ask('b1', 'BootNotification', BOOT)).toMatch(/^\[3,"b1",.*Accepted/);
      const backend = httpBackend(broker.apiUrls[0] ?? '', broker.apiToken);
      expect((await backend.send('TRACE-3', 'ClearCache', {})).body).toMatchObject({ outcome: 'accepted' });
      charger.leave();
      for (const service of ['api', 'edge', 'worker'] as const) {
        const startedMs = performance.now();
        expect(await broker.end(service, 'SIGTERM')).toEqual({ code: 0, signal: null });
        expect(performance.now() - startedMs).toBeLessThan(STOP_MS_MAX);
      }
      expect(broker.output('edge')).not.toContain('"level":"error"');
    } finally {
      await broker.stop();
    }
  });
});

describe('with a ratio of 0', () => {
  it('nothing is traced but what who asks has begun', async () => {
    const receiver = await startOtlpReceiver();
    const env = { VOLTLANE_TRACE_URL: receiver.url, VOLTLANE_TRACE_RATIO: '0' };
    const broker = await startBrokerSet(env, { api: 1 });
    try {
      const charger = await answering(broker, 'TRACE-5');
      const backend = httpBackend(broker.apiUrls[0] ?? '', broker.apiToken);
      expect((await backend.send('TRACE-5', 'ClearCache', {})).body).toMatchObject({ outcome: 'accepted' });
      charger.leave();
      // What a process has left to send it sends when it stops.
      for (const service of ['api', 'edge', 'worker'] as const) await broker.end(service, 'SIGTERM');
      expect(receiver.spans).toEqual([]);
      expect(await headersOf(broker, 'event.default.TRACE-5.state')).not.toContain('traceparent');
    } finally {
      await broker.stop();
      await receiver.stop();
    }
  });
});

/** A charger that boots and says Accepted to every command. */
async function answering(broker: BrokerSet, id: string): Promise<CommandCharger> {
  const answer = (call: { readonly id: string }): string => JSON.stringify([3, call.id, { status: 'Accepted' }]);
  const charger = createCommandCharger({ urls: [broker.ocppUrl], id, version: '1.6', answer });
  await charger.start();
  return charger;
}

/** Headers of all records on a subject, one `name: value` a line. */
async function headersOf(broker: BrokerSet, subject: string): Promise<string> {
  const connection = await connect({ servers: broker.nats.url });
  try {
    const manager = await connection.jetstreamManager();
    const [stream] = await manager.streams.names(subject).next();
    const lines: string[] = [];
    const { state } = await manager.streams.info(stream ?? '');
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage(stream ?? '', { seq });
      if (message.subject !== subject) continue;
      for (const [name, values] of message.header) lines.push(...values.map((value) => `${name}: ${value}`));
    }
    return lines.join('\n');
  } finally {
    await connection.close();
  }
}
