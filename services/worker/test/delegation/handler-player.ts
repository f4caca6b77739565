/** Plays a user's handler: keeps what it is asked, answers when the test says so, comes and goes. */
import type { Bus, Subscription } from '@voltlane/bus';
import type { Subjects } from '@voltlane/wire';
import { TENANT } from '../uplinks.ts';

/** A question as a handler reads it. */
export interface Asked {
  readonly v: number;
  readonly requestId: string;
  readonly tenant: string;
  readonly charger: string;
  readonly version: string;
  readonly action: string;
  readonly messageId: string;
  readonly receivedAt: string;
  readonly deadlineAt: string;
  readonly attempt: number;
  readonly state: Readonly<Record<string, unknown>>;
  readonly builtIn: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface HandlerPlayer {
  /** Questions so far. */
  readonly asked: readonly Asked[];
  /** The same as text. */
  readonly texts: readonly string[];
  /** Answers question number `index` (from the end when negative) with a value, or with raw text. */
  answer(index: number, reply: unknown): void;
  /** Answers every question from now on at once; undefined leaves it open. */
  auto(reply: (asked: Asked) => unknown): void;
  leave(): void;
  comeBack(): void;
}

/** A handler of some actions of the default tenant. */
export function createHandlerPlayer(bus: Bus, subjects: Subjects, actions: readonly string[]): HandlerPlayer {
  const asked: Asked[] = [];
  const texts: string[] = [];
  const replies: string[] = [];
  let auto: (asked: Asked) => unknown = () => undefined;
  let subscriptions: Subscription[] = [];
  const respond = (index: number, reply: unknown): void => {
    const text = typeof reply === 'string' ? reply : JSON.stringify(reply);
    bus.publish(replies.at(index) ?? '', Buffer.from(text));
  };
  const comeBack = (): void => {
    subscriptions = actions.map((action) =>
      bus.subscribe(subjects.handle(TENANT, action), (message) => {
        const text = Buffer.from(message.data).toString();
        const question = JSON.parse(text) as Asked;
        asked.push(question);
        texts.push(text);
        replies.push(message.reply ?? '');
        const reply = auto(question);
        if (reply !== undefined) respond(asked.length - 1, reply);
      }),
    );
  };
  comeBack();
  return {
    asked,
    texts,
    answer: respond,
    auto: (reply) => {
      auto = reply;
    },
    leave: () => {
      for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
    },
    comeBack,
  };
}
