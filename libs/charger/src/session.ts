/**
 * Owns the script of one charging session: authorize, plug in, charge, sample, stop. It tells the dialect what happens and
 * keeps the charger's own record of it. It must never look at answers except through the dialect.
 */
import { type Clock, sleep, TimeoutError, withTimeout } from '@voltlane/time';
import type { TransactionMoment } from './dialect.ts';
import { ownError } from './errors.ts';
import { openStream, streamNotification } from './event-stream.ts';
import { numberField } from './json-fields.ts';
import { uuid } from './message-id.ts';
import type { Battery, Reading } from './metering.ts';
import { newRecord, refuse, type SessionMessage, type SessionOptions, type SessionRecord } from './session-record.ts';
import type { Delivery } from './transaction-queue.ts';
import type { Connector, IdToken, OutMessage, StopReason, Transaction, Unit } from './unit.ts';

/** Runs one session to its end and returns its record; rejects only for programming errors. */
export async function runSession(unit: Unit, options: SessionOptions): Promise<SessionRecord> {
  const connectorId = options.connectorId ?? 1;
  const record = newRecord(unit, connectorId, options.idToken);
  const connector = unit.connectors.find(({ id }) => id === connectorId);
  const obstacle = obstacleOn(connector);
  if (connector === undefined || obstacle !== undefined) return refuse(record, obstacle ?? 'no such connector');

  const idToken = tokenOf(options);
  const plugFirst = options.plugFirst === true && unit.version !== '1.6';
  connector.claimed = true;
  if (plugFirst) unit.setStatus(connector, 'Preparing');
  const session: Session = { unit, connector, record, options, followers: [] };
  const transaction = plugFirst ? begin(session, idToken, 'cable') : undefined;
  if (options.authorize !== false) {
    const refusal = await authorize(unit, idToken);
    if (refusal !== undefined) {
      if (transaction !== undefined) await end(session, transaction, 'DeAuthorized');
      leave(unit, connector);
      return refuse(record, refusal);
    }
  }
  unit.setStatus(connector, 'Preparing');
  await charge(session, transaction ?? begin(session, idToken, 'authorized'), plugFirst ? 'cable' : 'authorized');
  return record;
}

/** Longest time that a status waits for the transaction message before it. */
const STATUS_WAIT_MS = 5000;

interface Session {
  readonly unit: Unit;
  readonly connector: Connector;
  readonly record: SessionRecord;
  readonly options: SessionOptions;
  readonly followers: Promise<void>[];
}

async function charge(session: Session, transaction: Transaction, how: 'cable' | 'authorized'): Promise<void> {
  const { unit, connector, options } = session;
  const stopNow = (): void => {
    unit.stopTransaction(transaction, 'Local');
  };
  if (options.signal?.aborted === true) stopNow();
  options.signal?.addEventListener('abort', stopNow, { once: true });
  unit.setStatus(connector, 'Charging');
  remember(session, transaction, unit.read(connector), (moment) => unit.dialect.chargingBegan(moment, how));
  const stream = options.eventStream === true && unit.version === '2.1' ? await openStream(unit) : undefined;
  await sampleUntilEnd(session, transaction, stream);
  if (stream !== undefined) unit.tell({ action: 'ClosePeriodicEventStream', payload: { id: stream } });
  options.signal?.removeEventListener('abort', stopNow);
  await end(session, transaction, transaction.stop ?? options.stopReason ?? 'Local');
  leave(unit, connector);
}

async function sampleUntilEnd(session: Session, transaction: Transaction, stream: number | undefined): Promise<void> {
  const { unit, connector, options } = session;
  const clock = unit.sessionClock;
  const endMs = clock.monotonicMs() + options.durationMs;
  for (;;) {
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs <= 0 || transaction.stop !== undefined) return;
    // The sample of the last moment belongs to the end. Timers may fire a little early, so this is decided beforehand.
    const last = leftMs <= options.sampleIntervalMs;
    await pause(clock, Math.min(options.sampleIntervalMs, leftMs), transaction.wake.signal);
    if (last || transaction.stop !== undefined) return;
    const reading = unit.read(connector);
    unit.setStatus(connector, reading.offeredA === 0 ? 'SuspendedEVSE' : 'Charging');
    noteSample(unit, transaction, reading);
    remember(session, transaction, reading, (moment) => unit.dialect.sampled(moment));
    if (stream !== undefined) unit.send(streamNotification(stream, reading, unit.nowMs()));
  }
}

function begin(session: Session, idToken: IdToken, how: 'cable' | 'authorized'): Transaction {
  const { unit, connector, record, options } = session;
  connector.meter.currentA = 0;
  connector.meter.battery = batteryOf(options);
  const reading = unit.read(connector);
  const transaction: Transaction = {
    key: uuid(unit.random),
    connectorId: connector.id,
    idToken,
    remoteStartId: options.remoteStartId,
    reservationId: connector.reservation?.id,
    startedAtMs: reading.atMs,
    startWh: reading.registerWh,
    csmsId: undefined,
    nextSeqNo: 0,
    stop: undefined,
    wake: new AbortController(),
    say: (build) => {
      remember(session, transaction, unit.read(connector), build);
    },
  };
  connector.transaction = transaction;
  connector.reservation = undefined;
  record.transaction = transaction.key;
  if (unit.version !== '1.6') record.transactionId = transaction.key;
  record.startedAtMs = reading.atMs;
  record.startWh = reading.registerWh;
  unit.note({
    kind: 'transaction-started',
    connectorId: connector.id,
    transaction: transaction.key,
    idToken: idToken.idToken,
    registerWh: reading.registerWh,
  });
  remember(session, transaction, reading, (moment) => unit.dialect.transactionBegan(moment, how));
  return transaction;
}

async function end(session: Session, transaction: Transaction, reason: StopReason): Promise<void> {
  const { unit, connector, record } = session;
  const reading = unit.read(connector);
  connector.transaction = undefined;
  connector.meter.currentA = 0;
  connector.meter.battery = undefined;
  unit.profiles.endTransaction(connector.id);
  record.endedAtMs = reading.atMs;
  record.stopWh = reading.registerWh;
  record.stopReason = reason;
  unit.note({
    kind: 'transaction-ended',
    connectorId: connector.id,
    transaction: transaction.key,
    reason,
    registerWh: reading.registerWh,
    energyWh: reading.registerWh - transaction.startWh,
  });
  remember(session, transaction, reading, (moment) => unit.dialect.transactionEnded(moment, reason));
  const delivered = Promise.all(session.followers);
  await told(unit, delivered);
  unit.setStatus(connector, 'Finishing');
  await delivered;
  const lost = record.messages.filter(({ delivery }) => delivery !== 'answered');
  record.outcome = lost.length === 0 ? 'completed' : 'undelivered';
  record.problem = lost.map(({ action, delivery }) => `${action} ${delivery}`).join(', ');
}

/** While online the status follows the messages it belongs to; without a link it does not wait for them. */
async function told(unit: Unit, delivered: Promise<unknown>): Promise<void> {
  if (!unit.ready()) return;
  await withTimeout(unit.clock, delivered, STATUS_WAIT_MS, 'delivery').catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
  });
}

/** The cable is out: the connector is free, or out of service if that was asked for meanwhile. */
function leave(unit: Unit, connector: Connector): void {
  if (connector.inoperativeAfterwards) {
    connector.inoperativeAfterwards = false;
    connector.operative = false;
  }
  connector.claimed = false;
  unit.setStatus(connector, connector.operative ? 'Available' : 'Unavailable');
}

/** Queues what the dialect makes of this moment and follows each message to its end. */
function remember(
  session: Session,
  transaction: Transaction,
  reading: Reading,
  build: (moment: TransactionMoment) => readonly OutMessage[],
): void {
  const { unit, record, followers } = session;
  const messages = build({ unit, transaction, reading, offline: !unit.online() });
  const deliveries = unit.queue(transaction, messages);
  for (const [index, { action, payload }] of messages.entries()) {
    const message: SessionMessage = {
      action,
      atMs: reading.atMs,
      seqNo: numberField(payload, 'seqNo'),
      registerWh: reading.registerWh,
      messageIds: [],
      delivery: 'waiting',
    };
    record.messages.push(message);
    const delivery = deliveries[index];
    if (delivery !== undefined) followers.push(follow(session, transaction, message, delivery));
  }
}

async function follow(
  session: Session,
  transaction: Transaction,
  message: SessionMessage,
  ending: Promise<Delivery>,
): Promise<void> {
  const delivery = await ending;
  message.delivery = delivery.kind;
  message.messageIds = delivery.messageIds;
  if (delivery.kind !== 'answered') return;
  const { unit, record } = session;
  const { transactionId, idTokenStatus } = unit.dialect.readTransactionAnswer(message.action, delivery.answer);
  if (transactionId !== undefined) record.transactionId = String(transactionId);
  if (idTokenStatus !== undefined && idTokenStatus !== 'Accepted') unit.stopTransaction(transaction, 'DeAuthorized');
}

/** Asks the CSMS; undefined means go on. Without a link the charger trusts the token and queues, as offline rules allow. */
async function authorize(unit: Unit, idToken: IdToken): Promise<string | undefined> {
  if (!unit.ready()) return undefined;
  const { action, payload } = unit.dialect.authorize(idToken);
  try {
    const status = unit.dialect.authorizeStatus(await unit.call(action, payload));
    unit.note({ kind: 'authorized', idToken: idToken.idToken, status });
    return status === 'Accepted' ? undefined : `idToken ${idToken.idToken} is ${status}`;
  } catch (thrown) {
    const error = ownError(thrown);
    return error.code === 'link-lost' || error.code === 'call-timeout' ? undefined : error.message;
  }
}

function noteSample(unit: Unit, transaction: Transaction, reading: Reading): void {
  unit.note({
    kind: 'sample',
    connectorId: transaction.connectorId,
    transaction: transaction.key,
    powerW: reading.powerW,
    currentA: reading.currentA,
    registerWh: reading.registerWh,
    energyWh: reading.registerWh - transaction.startWh,
    socPercent: reading.socPercent,
  });
}

function obstacleOn(connector: Connector | undefined): string | undefined {
  if (connector === undefined) return undefined;
  if (connector.claimed) return `connector ${connector.id} is in use`;
  if (!connector.operative) return `connector ${connector.id} is out of service`;
  return undefined;
}

function tokenOf({ idToken, idTokenType }: SessionOptions): IdToken {
  return { idToken, type: idTokenType ?? (/^[0-9a-f]{8}([0-9a-f]{6})?$/i.test(idToken) ? 'ISO14443' : 'Central') };
}

function batteryOf({ battery }: SessionOptions): Battery | undefined {
  return battery === undefined ? undefined : { capacityWh: battery.capacityWh, socPercent: battery.socPercent };
}

/** Waits; an abort is a wake-up, not an error. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await sleep(clock, ms, signal).catch((reason: unknown) => {
    if (!signal.aborted) throw reason;
  });
}
