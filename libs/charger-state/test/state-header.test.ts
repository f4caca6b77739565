import { encodeStateHeader, type StoredValue } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { type ChargerState, EMPTY_STATE, NO_COMMANDS } from '../src/charger-state.ts';
import { readState, STATE_HEADER, writeState } from '../src/state-header.ts';
import { stateLayout } from '../src/state-layout.ts';

/** Every field has a value of its own. */
const STATE: ChargerState = {
  registration: 'Accepted',
  acceptedAtMs: 1_700_000_000_001,
  version: '2.0.1',
  vendor: 'Vendör',
  model: 'Model',
  firmwareVersion: '1.2',
  session: { id: 's1', edgeId: 'e1', version: '2.1', openedAtMs: 1_700_000_000_002 },
  newestSession: 's1',
  newestOpenedMs: 1_700_000_000_003.25,
  pastSessions: ['s0'],
  replacements: { sinceMs: 1_700_000_000_004, count: 2 },
  eventCount: 12,
  transactionCount: 3,
  connectors: { '1/1': { status: 'available', errorCode: 'NoError', at: '2026-01-01T00:00:00.000Z', detail: 'd' } },
  open: [
    {
      id: '17',
      key: 'k',
      evseId: 1,
      connectorId: 2,
      idToken: 'TAG',
      startedAt: '2026-01-01T00:00:01.000Z',
      meterStartWh: 100,
      startFingerprint: 'f',
      seen: [[0, 3]],
      startSeqNo: 4,
    },
  ],
  ended: [
    { id: '16', key: 'l', startFingerprint: 'g', stopFingerprint: 'h', seen: [[5, 6]], startSeqNo: 7, endSeqNo: 8 },
  ],
  answered: [
    { session: 's1', seq: 9, messageId: 'm1', fingerprint: 10, answer: { kind: 'result', payload: '{}' } },
    { session: 's0', seq: 11, messageId: 'm2', fingerprint: 12, answer: { kind: 'noted' } },
    {
      session: 's1',
      seq: 13,
      messageId: 'm3',
      fingerprint: 14,
      answer: { kind: 'error', code: 'InternalError', description: 'sorry' },
    },
  ],
  commands: {
    queue: [
      {
        id: 'c1',
        action: 'Reset',
        priority: 5,
        coalesceKey: 'r',
        requestedAtMs: 15,
        expiresAtMs: 16,
        waitsOffline: true,
        timeoutMs: 17,
        triggers: ['BootNotification'],
        sends: 1,
        trace: { own: 'o', parent: 'p' },
      },
    ],
    sent: {
      id: 'c0',
      action: 'GetLog',
      priority: 4,
      coalesceKey: 'q',
      requestedAtMs: 18,
      expiresAtMs: 19,
      waitsOffline: false,
      timeoutMs: 20,
      triggers: [],
      sends: 2,
      trace: { own: 'n', parent: 'm' },
      sessionId: 's1',
      edgeId: 'e1',
      sentAtMs: 21,
    },
    timeouts: 1,
    triggered: ['Heartbeat'],
  },
  lastSeenMs: 1_700_000_000_005,
};

/** Header text of STATE: what is in journals. */
const GOLDEN =
  '3["Accepted",1700000000001,"2.0.1","Vend\\u00f6r","Model","1.2",["","e1","2.1",1700000000002],"s1",1700000000003.25,["s0"],[1700000000004,2],12,3,{"1/1":["available","NoError","2026-01-01T00:00:00.000Z","d"]},[["17","k",1,2,"TAG","2026-01-01T00:00:01.000Z",100,"f",[[0,3]],4]],[["16","l","g","h",[[5,6]],7,8]],[["",9,"m1",10,"{}"],["s0",11,"m2",12],["",13,"m3",14,["InternalError","sorry"]]],[[["c1","Reset",5,"r",15,16,true,17,["BootNotification"],1,["o","p"]]],["s1","e1",21,"c0","GetLog",4,"q",18,19,false,20,[],2,["n","m"]],1,["Heartbeat"]],1700000000005]';
/** In version 1, which had names and did not know the newest session, and in version 2. */
const GOLDEN_1 =
  '13gASrHJlZ2lzdHJhdGlvbqhBY2NlcHRlZKxhY2NlcHRlZEF0TXPLQni8_laAEACndmVyc2lvbqUyLjAuMaZ2ZW5kb3KnVmVuZMO2cqVtb2RlbKVNb2RlbK9maXJtd2FyZVZlcnNpb26jMS4yp3Nlc3Npb26EomlkonMxpmVkZ2VJZKJlMad2ZXJzaW9uozIuMapvcGVuZWRBdE1zy0J4vP5WgCAArm5ld2VzdE9wZW5lZE1zy0J4vP5WgDQArHBhc3RTZXNzaW9uc5GiczCscmVwbGFjZW1lbnRzgqdzaW5jZU1zy0J4vP5WgEAApWNvdW50AqpldmVudENvdW50DLB0cmFuc2FjdGlvbkNvdW50A6pjb25uZWN0b3JzgaMxLzGEpnN0YXR1c6lhdmFpbGFibGWpZXJyb3JDb2Rlp05vRXJyb3KiYXS4MjAyNi0wMS0wMVQwMDowMDowMC4wMDBapmRldGFpbKFkpG9wZW6RiqJpZKIxN6NrZXmha6ZldnNlSWQBq2Nvbm5lY3RvcklkAqdpZFRva2Vuo1RBR6lzdGFydGVkQXS4MjAyNi0wMS0wMVQwMDowMDowMS4wMDBarG1ldGVyU3RhcnRXaGSwc3RhcnRGaW5nZXJwcmludKFmpHNlZW6RkgADqnN0YXJ0U2VxTm8EpWVuZGVkkYeiaWSiMTaja2V5oWywc3RhcnRGaW5nZXJwcmludKFnr3N0b3BGaW5nZXJwcmludKFopHNlZW6RkgUGqnN0YXJ0U2VxTm8HqGVuZFNlcU5vCKhhbnN3ZXJlZJOFp3Nlc3Npb26iczGjc2VxCaltZXNzYWdlSWSibTGrZmluZ2VycHJpbnQKpmFuc3dlcoKka2luZKZyZXN1bHSncGF5bG9hZKJ7fYWnc2Vzc2lvbqJzMKNzZXELqW1lc3NhZ2VJZKJtMqtmaW5nZXJwcmludAymYW5zd2VygaRraW5kpW5vdGVkhadzZXNzaW9uonMxo3NlcQ2pbWVzc2FnZUlkom0zq2ZpbmdlcnByaW50DqZhbnN3ZXKDpGtpbmSlZXJyb3KkY29kZa1JbnRlcm5hbEVycm9yq2Rlc2NyaXB0aW9upXNvcnJ5qGNvbW1hbmRzhKVxdWV1ZZGLomlkomMxpmFjdGlvbqVSZXNldKhwcmlvcml0eQWrY29hbGVzY2VLZXmhcq1yZXF1ZXN0ZWRBdE1zD6tleHBpcmVzQXRNcxCsd2FpdHNPZmZsaW5lw6l0aW1lb3V0TXMRqHRyaWdnZXJzkbBCb290Tm90aWZpY2F0aW9upXNlbmRzAaV0cmFjZYKjb3duoW-mcGFyZW50oXCkc2VudI6iaWSiYzCmYWN0aW9upkdldExvZ6hwcmlvcml0eQSrY29hbGVzY2VLZXmhca1yZXF1ZXN0ZWRBdE1zEqtleHBpcmVzQXRNcxOsd2FpdHNPZmZsaW5lwql0aW1lb3V0TXMUqHRyaWdnZXJzkKVzZW5kcwKldHJhY2WCo293bqFupnBhcmVudKFtqXNlc3Npb25JZKJzMaZlZGdlSWSiZTGoc2VudEF0TXMVqHRpbWVvdXRzAal0cmlnZ2VyZWSRqUhlYXJ0YmVhdKpsYXN0U2Vlbk1zy0J4vP5WgFAA';
const GOLDEN_2 =
  '23AATqEFjY2VwdGVky0J4vP5WgBAApTIuMC4xp1ZlbmTDtnKlTW9kZWyjMS4ylKCiZTGjMi4xy0J4vP5WgCAAonMxy0J4vP5WgDQAkaJzMJLLQni8_laAQAACDAOBozEvMZSpYXZhaWxhYmxlp05vRXJyb3K4MjAyNi0wMS0wMVQwMDowMDowMC4wMDBaoWSRmqIxN6FrAQKjVEFHuDIwMjYtMDEtMDFUMDA6MDA6MDEuMDAwWmShZpGSAAMEkZeiMTahbKFnoWiRkgUGBwiTlaAJom0xCqJ7fZSiczALom0yDJWgDaJtMw6SrUludGVybmFsRXJyb3Klc29ycnmUkZuiYzGlUmVzZXQFoXIPEMMRkbBCb290Tm90aWZpY2F0aW9uAZKhb6FwnqJzMaJlMRWiYzCmR2V0TG9nBKFxEhPCFJACkqFuoW0BkalIZWFydGJlYXTLQni8_laAUAA';

const written = (state: ChargerState): ChargerState => readState({ [STATE_HEADER]: writeState(state) });

describe('the state header', () => {
  it('gives back the state it was given, every field of it', () => {
    expect(written(STATE)).toEqual(STATE);
    expect(written(EMPTY_STATE)).toEqual(EMPTY_STATE);
  });

  it('has a form that stays', () => {
    expect(writeState(STATE)).toBe(GOLDEN);
    expect(readState({ [STATE_HEADER]: GOLDEN })).toEqual(STATE);
  });

  it('of version 2 is read', () => {
    expect(readState({ [STATE_HEADER]: GOLDEN_2 })).toEqual(STATE);
  });

  it('is printable ASCII, as a NATS header must be', () => {
    expect(writeState(STATE)).toMatch(/^[\x20-\x7e]+$/);
  });

  it('that is missing means a charger nobody has seen', () => {
    expect(readState(undefined)).toEqual(EMPTY_STATE);
    expect(readState({})).toEqual(EMPTY_STATE);
  });

  it('of an older writer gets empty values for what it did not know', () => {
    const stored = (value: readonly StoredValue[]): ChargerState =>
      readState({ [STATE_HEADER]: encodeStateHeader(value) });
    expect(stored([])).toEqual(EMPTY_STATE);
    expect(stored(['Accepted', 5])).toEqual({ ...EMPTY_STATE, registration: 'Accepted', acceptedAtMs: 5 });
  });

  it('of a newer writer is read without what is not known here', () => {
    const stored = stateLayout.write(STATE);
    expect(readState({ [STATE_HEADER]: encodeStateHeader([...stored, 'new', [1]]) })).toEqual(
      readState({ [STATE_HEADER]: encodeStateHeader(stored) }),
    );
  });

  it('of version 1, which had names, is read', () => {
    expect(readState({ [STATE_HEADER]: GOLDEN_1 })).toEqual({ ...STATE, newestSession: '' });
  });

  it('with lists where none belong, or none where they do, is malformed', () => {
    for (const [place, value] of [
      [6, 'session'],
      [13, ['connectors']],
      [14, 'open'],
      [16, [['s', 1, 'm', 1, 5]]],
      [17, 'commands'],
    ] as const) {
      const stored: StoredValue[] = [];
      stored[place] = value as StoredValue;
      const header = encodeStateHeader(Array.from(stored, (field) => field ?? null));
      expect(() => readState({ [STATE_HEADER]: header })).toThrow(/^malformed state/);
    }
  });

  it('of a charger that has booted is short', () => {
    const state: ChargerState = {
      ...EMPTY_STATE,
      ...STATE,
      open: [],
      ended: [],
      commands: NO_COMMANDS,
    };
    expect(writeState(state).length).toBeLessThan(500);
  });
});
