/**
 * What an invariant is told and what it says. Everything here is seen from outside the code under test: what the chargers sent and
 * heard, what the journal holds, what reached an edge.
 */
import type { ChargerEvent, SessionRecord } from '@voltlane/charger';
import type { EventRecord } from '@voltlane/wire';

/** One socket of one charger. */
export interface LinkView {
  readonly id: number;
  readonly charger: string;
  readonly edge: string;
  /** The edge's name for it. */
  readonly session: string;
  /** Open as far as the charger knows. */
  readonly chargerOpen: boolean;
  /** Open as far as the edge knows. */
  readonly edgeOpen: boolean;
}

/** What an OCPP frame is, as far as invariants look. */
export interface FrameHead {
  readonly type: 'call' | 'result' | 'error' | 'other';
  readonly messageId: string;
  readonly action: string;
}

/** One record of the journal, with who appended it. */
export interface Recorded {
  readonly sequence: number;
  readonly charger: string;
  readonly class: 'state' | 'meter';
  /** Incarnation of the worker, and the epoch it held the partition with. */
  readonly worker: string;
  readonly epoch: number;
  readonly partition: number;
  /** Length of the header with the private state. */
  readonly stateChars: number;
  readonly record: EventRecord;
}

/** A message from a worker that reached an edge. */
export interface DownlinkSeen {
  readonly edge: string;
  readonly partition: number;
  readonly epoch: number;
}

/** A worker is about to act for a partition: to append for one of its chargers, or to send to an edge. */
export interface Acting {
  readonly worker: string;
  readonly partition: number;
  readonly epoch: number;
  /** Highest epoch that any worker has a claim with by now. */
  readonly newestEpoch: number;
  readonly what: string;
}

/** What a backend was told of a command it asked for. */
export interface CommandTold {
  readonly charger: string;
  readonly commandId: string;
  readonly status: string;
  readonly outcome: string | undefined;
}

/** Levels of the whole world at one moment. */
export interface Levels {
  readonly chargers: number;
  /** By incarnation of a node, by metric name without prefix. */
  readonly nodes: ReadonlyMap<string, ReadonlyMap<string, () => number>>;
  readonly underWay: number;
  readonly dropped: number;
  readonly timers: number;
}

/** How a charger stands at the end. */
export interface ChargerEnding {
  readonly charger: string;
  readonly online: boolean;
  readonly registration: string;
  readonly undelivered: number;
  /** Session of its open socket. */
  readonly session: string | undefined;
  /** Sockets of it that edges still hold. */
  readonly socketsAtEdges: number;
}

/** How the world stands when faults have been over for long enough. */
export interface Ending {
  readonly chargers: readonly ChargerEnding[];
  readonly sessions: readonly SessionRecord[];
  readonly levels: Levels;
}

/** Says what is wrong; `charger` where it is about one. */
export type Report = (charger: string | undefined, text: string) => void;

/** Holds a run to one promise. Only what it wants to hear is there. */
export interface Invariant {
  /** As in docs and mutation lists. */
  readonly name: string;
  /** The promise in one sentence. */
  readonly sentence: string;
  /** A frame left the charger (`up`) or reached it (`down`). */
  frame?(link: LinkView, way: 'up' | 'down', head: FrameHead, nowMs: number): void;
  /** A socket opened, or an end of it closed. */
  link?(link: LinkView, what: 'opened' | 'chargerClosed' | 'edgeClosed', nowMs: number): void;
  /** The journal took a record. */
  recorded?(recorded: Recorded): void;
  /** Something happened to a charger, by its own account. */
  believed?(charger: string, event: ChargerEvent): void;
  /** A message of a worker reached an edge. */
  downlink?(seen: DownlinkSeen): void;
  /** The edge wrote to a socket because of it. */
  acted?(seen: DownlinkSeen): void;
  /** A worker acts. */
  acting?(acting: Acting): void;
  /** Faults on nodes are running from now on, or none is any more. */
  disturbed?(on: boolean, nowMs: number): void;
  /** A backend was told how far a command is. */
  told?(told: CommandTold): void;
  /** Now and then. */
  levels?(levels: Levels): void;
  /** Faults have been over for as long as recovery may take. */
  ended?(ending: Ending): void;
}

/** Makes an invariant for one run. */
export type CreateInvariant = (report: Report) => Invariant;

const HEAD = /^\[([2-6]),"((?:[^"\\]|\\.)*)"(?:,"([A-Za-z0-9]*)")?/;

/** The head of an OCPP-J frame as edge and virtual charger write it. */
export function frameHead(text: string): FrameHead {
  const match = HEAD.exec(text);
  const [, type = '', messageId = '', action = ''] = match ?? [];
  return {
    type: type === '2' ? 'call' : type === '3' ? 'result' : type === '4' ? 'error' : 'other',
    messageId,
    action,
  };
}
