/** Owns what a session is asked to do and what the charger believes it did. Data only. */
import type { StopReason, Unit } from './unit.ts';

/** What a session is to do. */
export interface SessionOptions {
  /** 1.6 connectorId, 2.x evseId. Default 1. */
  readonly connectorId?: number;
  readonly idToken: string;
  /** 2.x type of the token. Default: ISO14443 for 8 or 14 hex digits, else Central. */
  readonly idTokenType?: string;
  /** Time between start and stop on the session clock. */
  readonly durationMs: number;
  readonly sampleIntervalMs: number;
  /** Ask the CSMS about the token first. Default true. */
  readonly authorize?: boolean;
  /** 2.x: the transaction starts with the cable, the token follows. Default false: it starts with the token. */
  readonly plugFirst?: boolean;
  /** The car's battery, when it tells its state of charge. */
  readonly battery?: { readonly capacityWh: number; readonly socPercent: number };
  /** Reason of a stop after the full duration. Default Local. */
  readonly stopReason?: StopReason;
  /** Aborting it stops the transaction cleanly (reason Local). */
  readonly signal?: AbortSignal;
  /** 2.1: stream the power through Open-, Notify- and ClosePeriodicEventStream. Default false. */
  readonly eventStream?: boolean;
  /** Id of the RequestStartTransaction that asked for this session. */
  readonly remoteStartId?: number;
}

/** One transaction message as the charger remembers it. */
export interface SessionMessage {
  readonly action: string;
  readonly atMs: number;
  /** 2.x. */
  readonly seqNo: number | undefined;
  readonly registerWh: number;
  /** Ids of every sending, oldest first. */
  messageIds: readonly string[];
  delivery: 'waiting' | 'answered' | 'discarded' | 'kept';
}

/** What the charger believes happened in one session. */
export interface SessionRecord {
  readonly chargerId: string;
  readonly connectorId: number;
  readonly idToken: string;
  /** `completed`: started, ended, every message answered. `undelivered`: some were discarded or kept. */
  outcome: 'running' | 'completed' | 'refused' | 'undelivered';
  /** Why it was refused or not delivered; empty otherwise. */
  problem: string;
  /** The charger's own name of the transaction; its transactionId in 2.x. */
  transaction: string | undefined;
  /** The transactionId that the CSMS knows, as text; undefined before StartTransaction.conf. */
  transactionId: string | undefined;
  startedAtMs: number | undefined;
  endedAtMs: number | undefined;
  startWh: number | undefined;
  stopWh: number | undefined;
  stopReason: StopReason | undefined;
  readonly messages: SessionMessage[];
}

/** A record of nothing yet. */
export function newRecord(unit: Unit, connectorId: number, idToken: string): SessionRecord {
  return {
    chargerId: unit.id,
    connectorId,
    idToken,
    outcome: 'running',
    problem: '',
    transaction: undefined,
    transactionId: undefined,
    startedAtMs: undefined,
    endedAtMs: undefined,
    startWh: undefined,
    stopWh: undefined,
    stopReason: undefined,
    messages: [],
  };
}

/** Marks a session that did not happen. */
export function refuse(record: SessionRecord, problem: string): SessionRecord {
  record.outcome = 'refused';
  record.problem = problem;
  return record;
}
