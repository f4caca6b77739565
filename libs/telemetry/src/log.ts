/** Structured logs: one line per change of state, fields instead of sentences. The only door to pino. */
import { pino } from 'pino';
import { prettyLine } from './pretty-line.ts';

/** Facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line: the facts as fields, and what happened as a short constant text. */
export type WriteLine = (fields: LogFields, event: string) => void;

/** Where state changes are written. */
export interface Logger {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
  readonly fatal: WriteLine;
  /** The same log with `fields` on every line. */
  child(fields: LogFields): Logger;
}

/** Severities, least severe first. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** How lines look; `auto` is pretty on a terminal. */
export type LogFormat = 'auto' | 'json' | 'pretty';

/** Takes finished lines, each ending in a newline. */
export interface LineSink {
  write(line: string): void;
}

/** What a log needs to know. */
export interface LogOptions {
  readonly service: string;
  readonly instance: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Where lines go; standard output unless a test listens. */
  readonly sink?: LineSink;
}

/** Field names whose values are never written, at the top of a line and one level below. */
const SECRET_FIELDS: readonly string[] = [
  'password',
  'token',
  'secret',
  'key',
  'credentials',
  'authorization',
  'idToken',
  'idTag',
  'natsPassword',
  'natsToken',
];

/** Makes the log of one service. Lines are written synchronously, so that the last one before an exit is not lost. */
export function createLog(options: LogOptions): Logger {
  const pretty = options.logFormat === 'pretty' || (options.logFormat === 'auto' && process.stdout.isTTY);
  const sink = options.sink ?? (pretty ? process.stdout : pino.destination({ fd: 1, sync: true }));
  return pino(
    {
      level: options.logLevel,
      base: { service: options.service, instance: options.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '(secret)' },
    },
    pretty ? { write: (line: string): void => void sink.write(prettyLine(line)) } : sink,
  );
}
