/**
 * What the api says when it refuses: RFC 9457 problem details with a code from a closed list. Pure. The list is part of the contract
 * (docs/contract.md, "HTTP errors"): codes are added, never changed.
 */

/** Every code with its HTTP status and its title. */
export const PROBLEMS = {
  'malformed-path': { status: 400, title: 'The path is not well-formed' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'incomplete-body': { status: 400, title: 'The body ended too early' },
  'invalid-request': { status: 400, title: 'A part of the request breaks its schema' },
  'unknown-action': { status: 400, title: 'The charger’s OCPP version has no such action of the central system' },
  'invalid-payload': { status: 400, title: 'The payload breaks the schema of its action' },
  'invalid-record': { status: 400, title: 'The record breaks a rule' },
  unauthenticated: { status: 401, title: 'An API key is needed' },
  forbidden: { status: 403, title: 'The role of the key does not allow this' },
  'wrong-tenant': { status: 403, title: 'The key is bound to another tenant' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'charger-not-found': { status: 404, title: 'The charger is not known' },
  'token-not-found': { status: 404, title: 'The token is not registered' },
  'api-key-not-found': { status: 404, title: 'There is no such API key' },
  'command-not-found': { status: 404, title: 'There is no such command, or it is no longer kept' },
  'method-not-allowed': { status: 405, title: 'The path does not have this method' },
  'not-allowed-now': { status: 409, title: 'OCPP does not allow this in the boot state of the charger' },
  'not-cancellable': { status: 409, title: 'The command was sent, or has ended' },
  'limit-reached': { status: 409, title: 'There are as many as there may be' },
  'too-large': { status: 413, title: 'The body is too large' },
  'path-too-long': { status: 414, title: 'A part of the path is too long' },
  'unsupported-media-type': { status: 415, title: 'The body has a content type the path does not take' },
  'too-many-streams': { status: 429, title: 'The key has as many event streams as it may' },
  'too-many-traces': { status: 429, title: 'The key has as many traces as it may' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'queue-full': { status: 429, title: 'Too many commands wait for this charger' },
  'internal-error': { status: 500, title: 'The api has a fault' },
  overloaded: { status: 503, title: 'Too many requests are in hand' },
  unavailable: { status: 503, title: 'The bus, or the owner of the charger, does not answer' },
  'streams-exhausted': { status: 503, title: 'This process has no room for another event stream' },
  'traces-exhausted': { status: 503, title: 'This process has no room for another trace' },
  'not-ready': { status: 503, title: 'This process is not ready yet' },
  'fleet-too-large': { status: 503, title: 'There are more chargers than this process holds' },
  stopping: { status: 503, title: 'This process is stopping' },
} as const;

/** One of the codes of `PROBLEMS`. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** What is particular about one refusal. */
export interface ProblemFacts {
  readonly code: ProblemCode;
  /** One sentence about this very request; never repeats a secret. */
  readonly detail: string;
  /** JSON pointer to the part of the request that is wrong, for instance `/body/securityProfile`. */
  readonly path?: string;
}

/** The document that is sent. */
export interface Problem extends ProblemFacts {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly instance: string;
}

/** The document for a refusal of the request with this id. */
export function problemOf(facts: ProblemFacts, requestId: string): Problem {
  const { status, title } = PROBLEMS[facts.code];
  const { code, detail, path } = facts;
  return {
    type: `urn:voltlane:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:voltlane:request:${requestId}`,
    code,
    ...(path === undefined ? {} : { path }),
  };
}

/** Schema of the document. */
export const PROBLEM_SCHEMA: object = {
  $id: 'Problem',
  type: 'object',
  description:
    'Why a request was refused (RFC 9457). `code` is from a closed list; programs decide by it, not by the texts.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', description: '`urn:voltlane:problem:<code>`.' },
    title: { type: 'string', description: 'The same for every problem of this code.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What is wrong with this request.' },
    instance: { type: 'string', description: '`urn:voltlane:request:<X-Request-Id>`.' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    path: { type: 'string', description: 'JSON pointer to the wrong part of the request, as `/body/securityProfile`.' },
  },
  examples: [
    {
      type: 'urn:voltlane:problem:invalid-request',
      title: 'A part of the request breaks its schema',
      status: 400,
      detail: 'must be one of Accepted, Pending, Rejected',
      instance: 'urn:voltlane:request:7k2m9q4x1c8v5b3n',
      code: 'invalid-request',
      path: '/body/registration',
    },
  ],
};
