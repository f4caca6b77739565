/**
 * Streams are created at first use and never altered. One that exists with other settings is refused by name, because running on
 * with another retention or another number of copies would break a promise nobody sees broken.
 */
import { sleep } from '@voltlane/time';
import { BusError, isBusError } from '../errors.ts';
import { API_ERROR, type ApiAnswer, apiError, type JetStreamApi } from './jetstream-api.ts';
import { isJsonObject, type JsonObject, objectIn } from './json.ts';

/** Settings of a stream in the server's spelling; durations in ns. */
export interface StreamSettings {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: 'limits';
  readonly storage: 'file' | 'memory';
  readonly discard: 'old' | 'new';
  readonly num_replicas: number;
  readonly max_age: number;
  readonly max_msgs_per_subject: number;
  readonly max_msg_size: number;
  readonly duplicate_window?: number;
  readonly allow_direct: boolean;
  readonly allow_rollup_hdrs?: boolean;
}

/** Settings that must be as asked for; a difference in any other is only told. */
const BINDING: readonly (keyof StreamSettings)[] = [
  'subjects',
  'retention',
  'storage',
  'num_replicas',
  'max_age',
  'max_msgs_per_subject',
  'max_msg_size',
  'allow_direct',
];

const SETUP_MS_MAX = 20_000;
/**
 * For one question. Short, because an answer may never come: a cluster whose processes all start at once lets one of those that create the
 * same stream wait in vain, and asking again finds the stream (a worker once needed 63 s for twelve of them, each after a wait of 5 s).
 */
const ANSWER_MS_MAX = 1_000;
/** A stream that was made a moment ago has its leader soon, and nobody answers before. */
const ASK_AGAIN_MS = 100;
const RETRY_MS = 250;
/**
 * While a stream is being made for one process, the server tells another that its subjects are taken, and a little later that the
 * stream is there. Another stream that has them still has them after this time.
 */
const OVERLAP_MS_MAX = 3_000;

/** Milliseconds as the server counts them. */
export function nanos(ms: number): number {
  return ms * 1_000_000;
}

type ApiError = Extract<ApiAnswer, { kind: 'error' }>;
/** The settings a stream has; that a stream, this one perhaps, has its subjects; or that it was made and nobody serves it yet. */
type Found =
  | { readonly kind: 'config'; readonly config: JsonObject }
  | { readonly kind: 'overlap' | 'unserved'; readonly answer: ApiError };

/** Creates the stream, or checks the one that is there. Resolves when it has a leader that answers. */
export async function ensureStream(api: JetStreamApi, want: StreamSettings): Promise<void> {
  const { clock } = api.link.options;
  const startMs = clock.monotonicMs();
  for (;;) {
    const tookMs = (): number => clock.monotonicMs() - startMs;
    try {
      const found = await findOrCreate(api, want);
      if (found.kind === 'config') {
        compare(api, want, found.config);
        return;
      }
      if (tookMs() >= (found.kind === 'overlap' ? OVERLAP_MS_MAX : SETUP_MS_MAX)) throw createError(want, found.answer);
    } catch (error) {
      const passing = isBusError(error, 'timeout', 'unavailable', 'disconnected');
      if (!passing || tookMs() >= SETUP_MS_MAX) throw error;
    }
    await sleep(clock, RETRY_MS);
  }
}

async function findOrCreate(api: JetStreamApi, want: StreamSettings): Promise<Found> {
  const found = await info(api, want);
  if (found.kind === 'config') return found;
  const created = await api.call(`STREAM.CREATE.${want.name}`, want, ANSWER_MS_MAX);
  if (created.kind === 'error') {
    if (created.errorNumber === API_ERROR.subjectsOverlap) return { kind: 'overlap', answer: created };
    if (created.errorNumber !== API_ERROR.streamNameInUse) throw createError(want, created);
  }
  // A cluster says that a stream is there before it has a leader; only that one tells about it.
  return info(api, want);
}

async function info(api: JetStreamApi, want: StreamSettings): Promise<Found> {
  const answer = await api.query(`STREAM.INFO.${want.name}`, undefined, ANSWER_MS_MAX, ASK_AGAIN_MS);
  if (answer.kind === 'ok') return { kind: 'config', config: objectIn(answer.body, 'config') };
  if (answer.errorNumber === API_ERROR.streamNotFound) return { kind: 'unserved', answer };
  throw apiError(`stream ${want.name}`, answer);
}

function createError(want: StreamSettings, answer: ApiError): BusError {
  if (/replicas/i.test(answer.description)) {
    return new BusError(
      'config-mismatch',
      `stream ${want.name} cannot be created with ${want.num_replicas} replicas: ${answer.description}`,
    );
  }
  return apiError(`creating stream ${want.name}`, answer);
}

function compare(api: JetStreamApi, want: StreamSettings, have: JsonObject): void {
  for (const [setting, wanted] of Object.entries(want)) {
    const actual = have[setting];
    if (sameSetting(wanted, actual)) continue;
    const difference = {
      stream: want.name,
      setting,
      have: JSON.stringify(actual) ?? 'unset',
      want: JSON.stringify(wanted),
    };
    if (BINDING.some((name) => name === setting)) {
      throw new BusError(
        'config-mismatch',
        `stream ${want.name} exists with ${setting} ${difference.have}, not ${difference.want}; change the option, or the stream (nats stream edit)`,
      );
    }
    api.link.options.log({ kind: 'config-differs', ...difference });
  }
}

/** The server leaves out what is false or 0, and adds members of its own to sources. */
function sameSetting(want: unknown, have: unknown): boolean {
  if (want === false || want === 0) return have === undefined || have === want;
  if (Array.isArray(want)) {
    return (
      Array.isArray(have) && have.length === want.length && want.every((item, index) => sameSetting(item, have[index]))
    );
  }
  if (isJsonObject(want)) {
    return isJsonObject(have) && Object.entries(want).every(([name, value]) => sameSetting(value, have[name]));
  }
  return want === have;
}
