/** What a slow reader handles, in messages a second. */
const slowly = 20;

/** Stands between the socket and whoever reads: hands each message on at once or, on purpose, a few a second. */
export class Inbox<Message> {
  readonly #read: (message: Message) => void;
  #waiting: { message: Message; at: number }[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(read: (message: Message) => void) {
    this.#read = read;
  }

  push(message: Message): void {
    if (this.#timer === undefined) this.#read(message);
    else this.#waiting.push({ message, at: performance.now() });
  }

  /** How long the oldest message that waits has waited, in ms. */
  get lateness(): number {
    return this.#waiting.length === 0 ? 0 : performance.now() - this.#waiting[0].at;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  set isSlow(slow: boolean) {
    clearInterval(this.#timer);
    this.#timer = slow ? setInterval(() => this.#readOne(), 1_000 / slowly) : undefined;
    if (!slow) while (this.#readOne());
  }

  clear(): void {
    this.#waiting = [];
  }

  #readOne(): boolean {
    const next = this.#waiting.shift();
    if (next) this.#read(next.message);
    return next !== undefined;
  }
}
