// The outbox keeps text, the gate a sorted list, the reader a Map of what it showed by number.
export * from '../../../solutions/14-resume.ts';

import type { OutboxStore, OutgoingMessage } from '../../../solutions/14-resume.ts';

export class Outbox implements Iterable<OutgoingMessage> {
  readonly #store: OutboxStore | undefined;
  #text: string;

  constructor(store?: OutboxStore) {
    this.#store = store;
    this.#text = JSON.stringify(store?.load() ?? []);
  }

  get #messages(): OutgoingMessage[] {
    return JSON.parse(this.#text) as OutgoingMessage[];
  }

  #keep(messages: OutgoingMessage[]): void {
    this.#text = JSON.stringify(messages);
    this.#store?.save(messages);
  }

  get size(): number {
    return this.#messages.length;
  }

  get(id: string): OutgoingMessage | undefined {
    return this.#messages.find((message) => message.id === id);
  }

  add(message: OutgoingMessage): void {
    this.#keep([...this.#messages, message]);
  }

  remove(id: string): boolean {
    const left = this.#messages.filter((message) => message.id !== id);
    const wasThere = left.length < this.size;
    if (wasThere) this.#keep(left);
    return wasThere;
  }

  clear(): void {
    this.#keep([]);
  }

  *[Symbol.iterator](): IterableIterator<OutgoingMessage> {
    yield* this.#messages;
  }
}

export class JoinGate<Item> {
  readonly #deliver: (item: Item) => void;
  #waiting = new Map<number, Item>();
  #from = Number.POSITIVE_INFINITY;

  constructor(deliver: (item: Item) => void) {
    this.#deliver = deliver;
  }

  push(seq: number, item: Item): void {
    this.#waiting.set(seq, item);
    this.#flush();
  }

  open(seq: number): void {
    this.#from = seq;
    this.#flush();
  }

  #flush(): void {
    if (this.#from === Number.POSITIVE_INFINITY) return;
    const ready = [...this.#waiting].sort(([a], [b]) => a - b);
    this.#waiting = new Map();
    for (const [seq, item] of ready) if (seq > this.#from) this.#deliver(item);
  }
}
