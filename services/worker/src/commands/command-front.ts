/**
 * The public NATS side of commands: takes `command.<tenant>.<charger>.<Action>` as one of a queue group of all workers, brings it to
 * the owner, answers in JSON. `<Action>` may also be `status` or `cancel`, which no OCPP action is called.
 */
import type { Bus, Subscription } from '@voltlane/bus';
import {
  COMMAND_LIMITS,
  type CommandAnswer,
  type CommandClient,
  type CommandProblem,
  problem,
  problemJson,
  readCommandRequest,
} from '@voltlane/commands';
import { isJsonObject, parseJson } from '@voltlane/ocpp';
import type { Logger } from '@voltlane/telemetry';
import type { CommandSubject, Subjects } from '@voltlane/wire';
import type { CommandMetrics } from './command-metrics.ts';

/** What the front works with. */
export interface CommandFrontDependencies {
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>;
  readonly subjects: Subjects;
  readonly client: Pick<CommandClient, 'submit' | 'cancel' | 'status'>;
  readonly log: Pick<Logger, 'error'>;
  readonly metrics: Pick<CommandMetrics, 'refused'>;
}

/** Name of the queue group. */
const QUEUE = 'voltlane-commands';

/** Starts to take commands. */
export function startCommandFront(deps: CommandFrontDependencies): Subscription {
  const { bus, subjects, log } = deps;
  return bus.subscribe(
    subjects.commandFilter(),
    (message) => {
      const { reply, subject } = message;
      // Nobody would hear what became of it.
      if (reply === undefined) return;
      const text = Buffer.from(message.data).toString('utf8');
      answer(deps, subject, text).then(
        (json) => bus.publish(reply, Buffer.from(json, 'utf8')),
        (cause: unknown) => {
          log.error({ err: cause, subject }, 'command failed');
          const refusal = problem(
            'unavailable',
            'the broker could not take the command; ask again under the same idempotencyKey',
          );
          bus.publish(reply, Buffer.from(problemJson(refusal), 'utf8'));
        },
      );
    },
    QUEUE,
  );
}

async function answer(deps: CommandFrontDependencies, subject: string, text: string): Promise<string> {
  const address = deps.subjects.parseCommand(subject);
  const asked =
    address === undefined
      ? refuse('invalid-request', `${subject} is not command.<tenant>.<charger>.<Action>`)
      : await ask(deps, address, text);
  if (asked.kind === 'status') return asked.json;
  deps.metrics.refused(asked.problem.code);
  return problemJson(asked.problem);
}

async function ask(deps: CommandFrontDependencies, address: CommandSubject, text: string): Promise<CommandAnswer> {
  const { client } = deps;
  const json = parsed(text);
  if (json === undefined) return refuse('invalid-request', 'the request is not JSON');
  if (address.action === 'status' || address.action === 'cancel') {
    const about = aboutOf(json.value);
    if (about === undefined) {
      return refuse('invalid-request', 'the request is not {"commandId": "…"}, with an optional "wait" for status');
    }
    return address.action === 'status'
      ? client.status(address.tenant, about.commandId, about.wait)
      : client.cancel(address.tenant, about.commandId, undefined);
  }
  const read = readCommandRequest(json.value);
  return read.kind === 'problem' ? read : client.submit(address, address.action, read.request);
}

function refuse(code: CommandProblem['code'], detail: string): CommandAnswer {
  return { kind: 'problem', problem: problem(code, detail) };
}

function aboutOf(json: unknown): { commandId: string; wait: number } | undefined {
  if (!isJsonObject(json)) return undefined;
  const { commandId, wait = 0 } = json;
  const { min, max } = COMMAND_LIMITS.wait;
  if (typeof commandId !== 'string' || typeof wait !== 'number') return undefined;
  return Number.isInteger(wait) && wait >= min && wait <= max ? { commandId, wait } : undefined;
}

/** An empty request is one without options: the shortest way to say `ClearCache`. */
function parsed(text: string): { readonly value: unknown } | undefined {
  if (text.trim() === '') return { value: {} };
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
}
