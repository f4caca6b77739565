/**
 * Every subject of the broker: the one place that builds and takes them apart.
 *
 *     internal, between edges, workers and apis (may change with the envelope)
 *     [prefix.]voltlane.v1.call.<partition>             uplink to the owner of a partition
 *     [prefix.]voltlane.v1.command.<partition>          a command on its way from any worker to the owner
 *     [prefix.]voltlane.v1.owner.<partition>            a worker has taken the partition (to every edge)
 *     [prefix.]voltlane.v1.edge.<edge>.in               calls and closes for an edge
 *     [prefix.]voltlane.v1.edge.<edge>.reply.<n>        answer to the edge's publish number n
 *     [prefix.]voltlane.v1.sessions.<edge>              request/reply: an owner asks an edge for its sessions
 *     [prefix.]voltlane.v1.trace                        all edges are asked for the frames of a charger
 *     [prefix.]voltlane.v1.traced.<trace>               where they tell them
 *     [prefix.]voltlane.v1.worker.<worker>              a worker listens while it is connected; nothing is ever answered
 *
 *     public, JSON (stable)
 *     [prefix.]command.<tenant>.<charger>.<Action>      request/reply: a backend asks for a call to a charger
 *     [prefix.]event.<tenant>.<charger>.<state|meter>   what happened
 *     [prefix.]handle.<tenant>.<Action>                 request/reply: answered by a user's own service
 *
 * `<charger>` is encoded by `token.ts`. Builders throw WireError; parsers return undefined for what is not theirs.
 */
import { shown, WireError } from './errors.ts';
import {
  type ChargerAddress,
  type EdgeId,
  isChargerId,
  isEdgeId,
  isPartitionId,
  isTenant,
  type PartitionId,
  type Tenant,
  type TraceId,
  type WorkerId,
} from './identity.ts';
import { isAction, tokensOf } from './subject-tokens.ts';
import { encodeToken, parseToken } from './token.ts';

/** Class of an event record: `state` is fenced and carries the actor's state, `meter` is telemetry. */
export type EventClass = 'state' | 'meter';

/** Which events to follow; what is left out matches all. `charger` is an identity, not a pattern. */
export interface EventSelection {
  readonly tenant?: Tenant;
  readonly charger?: ChargerAddress['chargerId'];
  readonly class?: EventClass;
}

/** An address on an event subject. */
export interface EventSubject extends ChargerAddress {
  readonly class: EventClass;
}

/** An address and an action on a command subject. */
export interface CommandSubject extends ChargerAddress {
  readonly action: string;
}

/** What a subject below `edge.<edge>` is for. */
export type EdgeSubject =
  | { readonly kind: 'inbox'; readonly edgeId: EdgeId }
  | { readonly kind: 'reply'; readonly edgeId: EdgeId; readonly n: number };

/** The grammar under one prefix. */
export interface Subjects {
  readonly prefix: string;

  /** Uplink to the owner of a partition. */
  call(partition: PartitionId): string;
  /** A command forwarded to the owner of a partition. */
  forward(partition: PartitionId): string;
  /** Where the new owner of a partition announces itself. */
  owner(partition: PartitionId): string;
  /** The announcements of all partitions. */
  ownerFilter(): string;
  /** Where an edge takes calls and closes. */
  edgeInbox(edgeId: EdgeId): string;
  /** Where an edge takes the answer to its publish number `n`. */
  edgeReply(edgeId: EdgeId, n: number): string;
  /** The one subscription of an edge: inbox and replies. */
  edgeFilter(edgeId: EdgeId): string;
  /** Where an edge is asked for its sessions. */
  edgeSessions(edgeId: EdgeId): string;
  /** Where all edges are asked for the frames of a charger. */
  traceAsks(): string;
  /** Where edges tell the frames of a trace. */
  traceReports(traceId: TraceId): string;
  /** Where a worker listens while it is connected. */
  worker(workerId: WorkerId): string;
  parseCall(subject: string): PartitionId | undefined;
  parseForward(subject: string): PartitionId | undefined;
  parseOwner(subject: string): PartitionId | undefined;
  parseEdge(subject: string): EdgeSubject | undefined;
  /** Reads the number off a reply to this edge: of the subjects an edge receives most, without taking them apart. */
  replyNumbers(edgeId: EdgeId): (subject: string) => number | undefined;

  command(address: ChargerAddress, action: string): string;
  /** Commands to all chargers, or to those of one tenant. */
  commandFilter(tenant?: Tenant): string;
  parseCommand(subject: string): CommandSubject | undefined;
  eventState(address: ChargerAddress): string;
  eventMeter(address: ChargerAddress): string;
  eventFilter(selection: EventSelection): string;
  parseEvent(subject: string): EventSubject | undefined;
  handle(tenant: Tenant, action: string): string;
  parseHandle(subject: string): { readonly tenant: Tenant; readonly action: string } | undefined;
}

const PREFIX = /^(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)?$/;
const PREFIX_CHARS_MAX = 128;

/** The grammar under `prefix`: empty, or tokens of `[A-Za-z0-9_-]` joined by dots. WireError `invalid-prefix` otherwise. */
export function createSubjects(prefix: string = ''): Subjects {
  if (!PREFIX.test(prefix) || prefix.length > PREFIX_CHARS_MAX) {
    throw new WireError(
      'invalid-prefix',
      `subject prefix ${shown(prefix)} is not tokens of [A-Za-z0-9_-] joined by dots`,
    );
  }
  const root = prefix === '' ? '' : `${prefix}.`;
  const callRoot = `${root}voltlane.v1.call.`;
  const forwardRoot = `${root}voltlane.v1.command.`;
  const ownerRoot = `${root}voltlane.v1.owner.`;
  const edgeRoot = `${root}voltlane.v1.edge.`;
  const sessionsRoot = `${root}voltlane.v1.sessions.`;
  const traceAsks = `${root}voltlane.v1.trace`;
  const tracedRoot = `${root}voltlane.v1.traced.`;
  const workerRoot = `${root}voltlane.v1.worker.`;
  const commandRoot = `${root}command.`;
  const eventRoot = `${root}event.`;
  const handleRoot = `${root}handle.`;

  return {
    prefix,
    call: (partition) => callRoot + partition,
    forward: (partition) => forwardRoot + partition,
    owner: (partition) => ownerRoot + partition,
    ownerFilter: () => `${ownerRoot}*`,
    edgeInbox: (edgeId) => `${edgeRoot}${edgeId}.in`,
    edgeReply: (edgeId, n) => `${edgeRoot}${edgeId}.reply.${n}`,
    edgeFilter: (edgeId) => `${edgeRoot}${edgeId}.>`,
    edgeSessions: (edgeId) => sessionsRoot + edgeId,
    traceAsks: () => traceAsks,
    traceReports: (traceId) => tracedRoot + traceId,
    worker: (workerId) => workerRoot + workerId,
    parseCall: (subject) => parsePartition(callRoot, subject),
    parseForward: (subject) => parsePartition(forwardRoot, subject),
    parseOwner: (subject) => parsePartition(ownerRoot, subject),
    parseEdge: (subject) => parseEdge(edgeRoot, subject),
    replyNumbers(edgeId) {
      const replies = `${edgeRoot}${edgeId}.reply.`;
      return (subject) => (subject.startsWith(replies) ? parseCount(subject.slice(replies.length)) : undefined);
    },

    command: (address, action) =>
      `${commandRoot}${address.tenant}.${encodeToken(address.chargerId)}.${checkedAction(action)}`,
    commandFilter: (tenant) => `${commandRoot}${tenant ?? '*'}.*.*`,
    parseCommand: (subject) => parseCommand(commandRoot, subject),
    eventState: (address) => `${eventRoot}${address.tenant}.${encodeToken(address.chargerId)}.state`,
    eventMeter: (address) => `${eventRoot}${address.tenant}.${encodeToken(address.chargerId)}.meter`,
    eventFilter: (selection) => eventRoot + eventPattern(selection),
    parseEvent: (subject) => parseEvent(eventRoot, subject),
    handle: (tenant, action) => `${handleRoot}${tenant}.${checkedAction(action)}`,
    parseHandle: (subject) => parseHandle(handleRoot, subject),
  };
}

function eventPattern(selection: EventSelection): string {
  const charger = selection.charger === undefined ? '*' : encodeToken(selection.charger);
  return `${selection.tenant ?? '*'}.${charger}.${selection.class ?? '*'}`;
}

function checkedAction(action: string): string {
  if (!isAction(action)) throw new WireError('invalid-action', `action ${shown(action)} is not 1–64 of [A-Za-z0-9_-]`);
  return action;
}

function parsePartition(root: string, subject: string): PartitionId | undefined {
  const partition = parseCount(tokensOf(root, subject, 1)?.[0]);
  return partition !== undefined && isPartitionId(partition) ? partition : undefined;
}

function parseEdge(root: string, subject: string): EdgeSubject | undefined {
  const tokens = tokensOf(root, subject, 2) ?? tokensOf(root, subject, 3);
  const edgeId = tokens?.[0];
  if (tokens === undefined || edgeId === undefined || !isEdgeId(edgeId)) return undefined;
  if (tokens.length === 2) return tokens[1] === 'in' ? { kind: 'inbox', edgeId } : undefined;
  const n = parseCount(tokens[2]);
  return tokens[1] === 'reply' && n !== undefined ? { kind: 'reply', edgeId, n } : undefined;
}

function parseCommand(root: string, subject: string): CommandSubject | undefined {
  const [tenant = '', token = '', action = ''] = tokensOf(root, subject, 3) ?? [];
  const chargerId = parseToken(token) ?? '';
  return isTenant(tenant) && isChargerId(chargerId) && isAction(action) ? { tenant, chargerId, action } : undefined;
}

function parseEvent(root: string, subject: string): EventSubject | undefined {
  const [tenant = '', token = '', eventClass = ''] = tokensOf(root, subject, 3) ?? [];
  const chargerId = parseToken(token) ?? '';
  if (!isTenant(tenant) || !isChargerId(chargerId)) return undefined;
  return eventClass === 'state' || eventClass === 'meter' ? { tenant, chargerId, class: eventClass } : undefined;
}

function parseHandle(root: string, subject: string): { tenant: Tenant; action: string } | undefined {
  const [tenant = '', action = ''] = tokensOf(root, subject, 2) ?? [];
  return isTenant(tenant) && isAction(action) ? { tenant, action } : undefined;
}

const COUNT_DIGITS_MAX = 16;
const ZERO = 0x30;

/** A whole number as we write it, without zeros in front. By hand, because the subject of each reply ends in one. */
function parseCount(token: string | undefined): number | undefined {
  if (token === undefined || token.length === 0 || token.length > COUNT_DIGITS_MAX) return undefined;
  let count = 0;
  for (let index = 0; index < token.length; index += 1) {
    const digit = token.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9 || (index > 0 && count === 0)) return undefined;
    count = count * 10 + digit;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}
