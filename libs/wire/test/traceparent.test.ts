import { describe, expect, it } from 'vitest';
import {
  decodeCommandAsk,
  decodeDownlink,
  decodeUplink,
  encodeCommandAsk,
  encodeDownlink,
  encodeUplink,
  formatTraceparent,
  parseTraceparent,
} from '../src/index.ts';
import { ASKS, DOWNLINKS, METER_CALL } from './samples.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;

/** What counts as missing at a place of an envelope. */
const NONE: readonly (readonly [string, string])[] = [
  ['one that is not recorded', `00-${TRACE}-${SPAN}-00`],
  ['other text', 'new'],
  ['an empty text', ''],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capital letters', SAMPLED.toUpperCase()],
  ['something behind it', `${SAMPLED}-more`],
];

function asked() {
  const ask = ASKS['command-submit'];
  if (ask?.kind !== 'commandSubmit') throw new Error('no sample');
  return ask;
}

function sent() {
  const call = DOWNLINKS['downlink-call'];
  if (call?.kind !== 'call') throw new Error('no sample');
  return call;
}

describe('a traceparent', () => {
  it('is read into its parts and written from them', () => {
    expect(parseTraceparent(SAMPLED)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(formatTraceparent(TRACE, SPAN)).toBe(SAMPLED);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.sampled).toBe(true);
  });

  it('of a version to come is read as far as this one knows it', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-holds`)).toMatchObject({ traceId: TRACE });
    expect(parseTraceparent(`ff-${TRACE}-${SPAN}-01`)).toBeUndefined();
  });

  it.each(NONE.slice(1))('is not %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('in the envelope a traceparent', () => {
  it('goes with a call, a CALL of a command and the ask for one', () => {
    expect(decodeUplink(encodeUplink({ ...METER_CALL, traceparent: SAMPLED }))).toMatchObject({ traceparent: SAMPLED });
    expect(decodeDownlink(encodeDownlink({ ...sent(), traceparent: SAMPLED }))).toEqual({
      ...sent(),
      traceparent: SAMPLED,
    });
    expect(decodeCommandAsk(encodeCommandAsk({ ...asked(), traceparent: SAMPLED }))).toEqual({
      ...asked(),
      traceparent: SAMPLED,
    });
  });

  it.each(NONE)('counts as missing when it is %s', (_what, traceparent) => {
    const uplink = decodeUplink(encodeUplink({ ...METER_CALL, traceparent }));
    expect(uplink).toEqual(METER_CALL);
    expect(decodeDownlink(encodeDownlink({ ...sent(), traceparent }))).toEqual(sent());
    expect(decodeCommandAsk(encodeCommandAsk({ ...asked(), traceparent }))).toEqual(asked());
  });

  it('takes no byte where nothing is traced', () => {
    const untraced = { traceparent: undefined };
    expect(encodeUplink({ ...METER_CALL, ...untraced })).toEqual(encodeUplink(METER_CALL));
    expect(encodeDownlink({ ...sent(), ...untraced })).toEqual(encodeDownlink(sent()));
    expect(encodeCommandAsk({ ...asked(), ...untraced })).toEqual(encodeCommandAsk(asked()));
  });

  it('stands behind the age of the session, or not at all: no reader takes it for that', () => {
    const { openedAgoMs: _ago, ...call } = METER_CALL;
    expect(encodeUplink({ ...call, traceparent: SAMPLED })).toEqual(encodeUplink(call));
  });
});
