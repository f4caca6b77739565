/**
 * Commands over HTTP: the same as `command.<tenant>.<charger>.<Action>` over NATS, for those who speak HTTP. The owner of the charger
 * decides; here a request is read and an answer is told.
 */
import {
  COMMAND_LIMITS,
  type CommandAnswer,
  type CommandClient,
  type CommandProblem,
  readCommandRequest,
} from '@voltlane/commands';
import { isJsonObject, parseJson } from '@voltlane/ocpp';
import { isChargerId } from '@voltlane/wire';
import type { FastifyReply } from 'fastify';
import type { ProblemFacts } from '../problem.ts';
import { callerOf, type Routes, refuse, tenantOf } from '../route.ts';

/** What the routes work with. */
export interface CommandRoutesPorts {
  readonly commands: Pick<CommandClient, 'submit' | 'cancel' | 'status'>;
}

const { timeoutMs, ttlMs, priority, wait, keyCharsMax } = COMMAND_LIMITS;

const COMMAND = {
  $id: 'Command',
  type: 'object',
  description: 'A command as far as it has come.',
  required: ['v', 'commandId', 'tenant', 'charger', 'action', 'status', 'requestedAt'],
  properties: {
    v: { type: 'integer', const: 1 },
    commandId: { type: 'string', description: 'Also the message id of its CALL.' },
    tenant: { type: 'string' },
    charger: { type: 'string' },
    action: { type: 'string' },
    status: { type: 'string', enum: ['queued', 'sent', 'finished'] },
    requestedAt: { type: 'string', format: 'date-time' },
    sentAt: { type: 'string', format: 'date-time' },
    finishedAt: { type: 'string', format: 'date-time' },
    outcome: {
      type: 'string',
      enum: ['accepted', 'rejected', 'callError', 'timeout', 'expired', 'superseded', 'cancelled', 'offline'],
      description: 'How it ended; there when `status` is `finished`.',
    },
    sent: { type: 'boolean', description: 'Whether its CALL had left when it ended.' },
    response: { type: 'object', description: 'Payload of the CALLRESULT.', additionalProperties: true },
    error: {
      type: 'object',
      description: 'The CALLERROR, or what was wrong with the answer.',
      required: ['code', 'description', 'details'],
      properties: {
        code: { type: 'string' },
        description: { type: 'string' },
        details: { type: 'object', additionalProperties: true },
      },
    },
  },
  examples: [
    {
      v: 1,
      commandId: 'c5xk2m9q4x1c8v5b3n7k2m9q4x1',
      tenant: 'default',
      charger: 'CP1',
      action: 'ClearCache',
      status: 'finished',
      requestedAt: '2026-03-01T12:00:00.000Z',
      sentAt: '2026-03-01T12:00:00.002Z',
      finishedAt: '2026-03-01T12:00:00.310Z',
      outcome: 'accepted',
      sent: true,
      response: { status: 'Accepted' },
    },
  ],
} as const;

const REQUEST = {
  type: 'object',
  required: ['action'],
  additionalProperties: false,
  properties: {
    action: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      description: 'An action of the central system, as OCPP spells it.',
    },
    payload: { type: 'object', additionalProperties: true, description: 'Payload of the CALL; `{}` if left out.' },
    timeoutMs: {
      type: 'integer',
      minimum: timeoutMs.min,
      maximum: timeoutMs.max,
      default: timeoutMs.default,
      description: 'How long the charger may take to answer.',
    },
    ttlMs: {
      type: 'integer',
      minimum: ttlMs.min,
      maximum: ttlMs.max,
      default: 0,
      description: 'How long it may wait for a charger that is away or may not be told now; 0: not at all.',
    },
    priority: {
      type: 'integer',
      minimum: priority.min,
      maximum: priority.max,
      default: priority.default,
      description: 'Among the commands that wait for this charger: 9 goes first.',
    },
    coalesceKey: {
      type: 'string',
      minLength: 1,
      maxLength: keyCharsMax,
      description: 'It takes the place of a command with the same key that has not been sent.',
    },
    idempotencyKey: {
      type: 'string',
      minLength: 1,
      maxLength: keyCharsMax,
      description:
        'The same key for the same charger never sends twice: a repeated request gets the command of the first.',
    },
    wait: {
      type: 'integer',
      minimum: wait.min,
      maximum: wait.max,
      description:
        'How long to wait for the outcome, ms. Left out: until the charger must have answered, but not for a charger that is away.',
    },
  },
  examples: [{ action: 'Reset', payload: { type: 'Soft' } }],
} as const;

const CHARGER_PATH = {
  type: 'object',
  required: ['chargerId'],
  properties: { chargerId: { type: 'string', description: 'The identity, percent-encoded.' } },
} as const;

const COMMAND_PATH = {
  type: 'object',
  required: ['commandId'],
  properties: { commandId: { type: 'string', maxLength: 36 } },
} as const;

const TAKEN = {
  200: { description: 'It has ended.', content: { 'application/json': { schema: { $ref: 'Command#' } } } },
  202: {
    description: 'It is queued or sent. `GET /v1/commands/{commandId}` tells how it went on.',
    content: { 'application/json': { schema: { $ref: 'Command#' } } },
  },
} as const;

/** Routes of commands. */
export function commandRoutes({ commands }: CommandRoutesPorts): Routes {
  return (server) => {
    server.addSchema(COMMAND);
    server.post(
      '/v1/chargers/:chargerId/commands',
      {
        config: { access: 'command' },
        schema: {
          operationId: 'sendCommand',
          summary: 'Have a charger do something',
          description:
            'Sends a CALL to the charger, one at a time, and tells what became of it. Every action of the central system of the ' +
            'charger’s OCPP version may be sent; the payload is checked against its schema before anything is queued.',
          tags: ['commands'],
          params: CHARGER_PATH,
          body: REQUEST,
          response: TAKEN,
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        const { action } = request.body;
        if (!isChargerId(chargerId)) {
          return refuse(reply, {
            code: 'charger-not-found',
            detail: 'no charger can have this identity',
            path: '/path/chargerId',
          });
        }
        const caller = callerOf(request);
        request.audit = { charger: chargerId, action };
        const read = readCommandRequest({
          ...optionsOf(request.bodyText),
          requestedBy: `${caller.name} (${caller.keyId})`,
        });
        if (read.kind === 'problem') return refuse(reply, problemOf(read.problem));
        const address = { tenant: tenantOf(request), chargerId };
        return tell(reply, await commands.submit(address, action, read.request, request.trace?.own));
      },
    );
    server.get(
      '/v1/commands/:commandId',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'getCommand',
          summary: 'How far is a command?',
          tags: ['commands'],
          params: COMMAND_PATH,
          querystring: {
            type: 'object',
            properties: {
              wait: {
                type: 'integer',
                minimum: wait.min,
                maximum: wait.max,
                default: 0,
                description: 'How long to wait for the outcome, ms.',
              },
            },
          },
          response: { 200: TAKEN[200] },
        },
      },
      async (request, reply) => {
        const answer = await commands.status(tenantOf(request), request.params.commandId, request.query.wait ?? 0);
        return tell(reply, answer, 200);
      },
    );
    server.delete(
      '/v1/commands/:commandId',
      {
        config: { access: 'command' },
        schema: {
          operationId: 'cancelCommand',
          summary: 'Take a command back that was not sent',
          tags: ['commands'],
          params: COMMAND_PATH,
          response: { 200: TAKEN[200] },
        },
      },
      async (request, reply) => {
        const { name, keyId } = callerOf(request);
        const { commandId } = request.params;
        request.audit = { command: commandId };
        return tell(reply, await commands.cancel(tenantOf(request), commandId, `${name} (${keyId})`));
      },
    );
  };
}

/** The body without the action, with every digit the caller wrote. */
function optionsOf(bodyText: string): Readonly<Record<string, unknown>> {
  const body = parseJson(bodyText);
  if (!isJsonObject(body)) return {};
  const { action: _action, ...options } = body;
  return options;
}

function tell(reply: FastifyReply, answer: CommandAnswer, unfinished: 200 | 202 = 202): FastifyReply {
  if (answer.kind === 'problem') {
    if (answer.problem.code === 'unavailable' || answer.problem.code === 'overloaded') reply.header('retry-after', 1);
    return refuse(reply, problemOf(answer.problem));
  }
  // As the owner wrote it: the charger's answer keeps every digit.
  return reply
    .code(answer.status === 'finished' ? 200 : unfinished)
    .type('application/json; charset=utf-8')
    .send(answer.json);
}

/** Paths of the contract point into the body of the NATS request, which is the body here. */
function problemOf({ code, detail, path }: CommandProblem): ProblemFacts {
  return path === undefined ? { code, detail } : { code, detail, path: `/body${path}` };
}
