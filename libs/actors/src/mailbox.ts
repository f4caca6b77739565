/**
 * The messages one actor still has to handle, in order of arrival. A ring would keep its largest size for ever; an array with
 * a moving head gives the memory back, and nearly all mailboxes hold nought or one message.
 */
export class Mailbox<Message> {
  #messages: Message[] = [];
  #head = 0;

  /** Messages waiting. */
  get length(): number {
    return this.#messages.length - this.#head;
  }

  /** Adds behind all others. */
  push(message: Message): void {
    this.#messages.push(message);
  }

  /** Takes the oldest, or undefined when there is none. */
  shift(): Message | undefined {
    if (this.#head === this.#messages.length) return undefined;
    const message = this.#messages[this.#head];
    this.#head += 1;
    if (this.#head === this.#messages.length) {
      this.#messages = [];
      this.#head = 0;
    } else if (this.#head >= 32) {
      this.#messages.splice(0, this.#head);
      this.#head = 0;
    }
    return message;
  }
}
