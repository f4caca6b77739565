/** Errors → problems: those of the framework, of our packages, and every other. Pure. The text of an unexpected error is not told. */
import { BusError } from '@voltlane/bus';
import { RegistryError } from '@voltlane/registry';
import type { ProblemFacts } from './problem.ts';

/** A body that could not be read, on its way through the framework. */
export class RefusedBody extends Error {
  override readonly name = 'RefusedBody';
  readonly code = 'refused-body';
  readonly retryable = false;
  readonly problem: ProblemFacts;

  constructor(problem: ProblemFacts) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Codes of the framework that are the client's doing. */
const OF_FRAMEWORK: Readonly<Record<string, ProblemFacts>> = {
  FST_ERR_BAD_URL: { code: 'malformed-path', detail: 'an escape (%HH) in it is broken' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'path-too-long', detail: 'no identity is that long' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too-large', detail: 'it has more bytes than VOLTLANE_API_BODY_BYTES_MAX' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'incomplete-body', detail: 'its length is not the announced one' },
  ECONNRESET: { code: 'incomplete-body', detail: 'the connection was closed' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    detail: 'send application/json, or what the path documents',
  },
  FST_ERR_CTP_EMPTY_TYPE: { code: 'unsupported-media-type', detail: 'it has no content type' },
};

/** Parts of a request as `path` names them. */
const PARTS: Readonly<Record<string, string>> = {
  body: '/body',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** What to tell the client about an error. */
export function problemOfError(error: unknown): ProblemFacts {
  if (error instanceof RefusedBody) return error.problem;
  if (error instanceof RegistryError) return problemOfRegistry(error);
  if (error instanceof BusError) return problemOfBus(error);
  return problemOfFramework(error) ?? { code: 'internal-error', detail: 'the log has it under the request id' };
}

function problemOfRegistry(error: RegistryError): ProblemFacts {
  if (error.retryable)
    return { code: 'unavailable', detail: 'another process keeps writing the same record; try again' };
  if (error.code === 'invalid-record') return { code: 'invalid-record', detail: error.message };
  if (error.code === 'full') return { code: 'limit-reached', detail: error.message };
  return { code: 'internal-error', detail: error.message };
}

function problemOfBus(error: BusError): ProblemFacts {
  if (error.retryable) return { code: 'unavailable', detail: 'try again; a write may or may not have happened' };
  return { code: 'internal-error', detail: 'the log has it under the request id' };
}

function problemOfFramework(error: unknown): ProblemFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('validation' in error && Array.isArray(error.validation)) {
    const part = 'validationContext' in error ? String(error.validationContext) : '';
    return problemOfSchema(error.validation[0], PARTS[part] ?? '');
  }
  return 'code' in error ? OF_FRAMEWORK[String(error.code)] : undefined;
}

/** The first violation of a schema. */
function problemOfSchema(violation: unknown, part: string): ProblemFacts {
  const { instancePath, message, params } = fields(violation);
  const { missingProperty, additionalProperty, allowedValues } = fields(params);
  const member = missingProperty ?? additionalProperty;
  const path = `${part}${text(instancePath)}${member === undefined ? '' : `/${escaped(text(member))}`}`;
  if (missingProperty !== undefined) return { code: 'invalid-request', detail: 'is missing', path };
  if (additionalProperty !== undefined) return { code: 'invalid-request', detail: 'is not known', path };
  const choices = Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : undefined;
  return { code: 'invalid-request', detail: choices ?? (text(message) || 'breaks its schema'), path };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A member's name in a JSON pointer (RFC 6901 §3), cut to what is worth reading. */
function escaped(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}
