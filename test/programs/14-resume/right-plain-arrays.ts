// Plain arrays, searched from the start, and one small method for each decision.
export * from '../../../solutions/14-resume.ts';

import type { MessageOf, Position, RoomMessage, ServerMessage } from '#labs/10-protocol';
import type {
  OutboxStore,
  OutgoingMessage,
  Post,
  Replay,
  RoomLogOptions,
} from '../../../solutions/14-resume.ts';

export class RoomLog {
  readonly epoch: string;
  protected readonly room: string;
  protected readonly options: Required<Omit<RoomLogOptions, 'epoch'>>;
  protected messages: RoomMessage[] = [];
  protected posted: { from: string; id: string; seq: number }[] = [];
  protected last = 0;

  constructor(room: string, { epoch = crypto.randomUUID(), ...options }: RoomLogOptions = {}) {
    this.room = room;
    this.epoch = epoch;
    const defaults = { maxMessages: 500, maxContentLength: 131_072, lastMessages: 50, maxRemembered: 2_000 };
    this.options = { ...defaults, ...options };
  }

  get seq(): number {
    return this.last;
  }

  append(post: Post): { seq: number; message?: RoomMessage } {
    const known = this.recall(post);
    if (known !== undefined) return { seq: known };
    const seq = ++this.last;
    const message: RoomMessage = { type: 'chat', room: this.room, seq, ...post };
    this.messages.push(message);
    this.posted.push({ from: post.from.id, id: post.id, seq });
    this.trim();
    return { seq, message };
  }

  replay(since?: Position): Replay {
    if (since && this.has(since)) return { recovered: true, messages: this.after(since) };
    return { recovered: false, messages: this.tail() };
  }

  protected recall({ from, id }: Post): number | undefined {
    return this.posted.find((each) => each.from === from.id && each.id === id)?.seq;
  }

  protected trim(): void {
    const length = () => this.messages.reduce((sum, { content }) => sum + content.length, 0);
    while (this.messages.length > this.options.maxMessages || length() > this.options.maxContentLength) {
      this.messages.shift();
    }
    if (this.posted.length > this.options.maxRemembered) this.posted.shift();
  }

  /** Whether nothing that came after the position is gone. */
  protected has({ epoch, seq }: Position): boolean {
    return epoch === this.epoch && seq <= this.last && seq + 1 >= this.oldest;
  }

  protected get oldest(): number {
    return this.messages[0]?.seq ?? this.last + 1;
  }

  protected after({ seq }: Position): RoomMessage[] {
    return this.messages.filter((message) => message.seq > seq);
  }

  protected tail(): RoomMessage[] {
    return this.messages.filter(({ seq }) => seq > this.last - this.options.lastMessages);
  }
}

export class JoinGate<Item> {
  protected readonly deliver: (item: Item) => void;
  protected held: { seq: number; item: Item }[] = [];
  protected openedAt: number | undefined;

  constructor(deliver: (item: Item) => void) {
    this.deliver = deliver;
  }

  push(seq: number, item: Item): void {
    if (this.openedAt === undefined) this.held.push({ seq, item });
    else if (this.isNews(seq, this.openedAt)) this.deliver(item);
  }

  open(seq: number): void {
    this.openedAt = seq;
    for (const each of this.held) if (this.isNews(each.seq, seq)) this.deliver(each.item);
    this.held = [];
  }

  protected isNews(seq: number, history: number): boolean {
    return seq > history;
  }
}

export class RoomReader {
  protected position: Position | undefined;
  protected waiting = false;
  protected shown: string[] = [];

  join(): Position | undefined {
    this.waiting = true;
    return this.position && { epoch: this.position.epoch, seq: this.position.seq };
  }

  joined(answer: MessageOf<ServerMessage, 'joined'>): { messages: RoomMessage[]; gap: boolean } {
    this.waiting = false;
    if (this.isLate(answer)) return { messages: [], gap: false };
    const gap = this.isGap(answer);
    const known = this.position?.epoch === answer.epoch ? this.position.seq : 0;
    this.position = { epoch: answer.epoch, seq: answer.seq };
    return { messages: answer.messages.filter((message) => message.seq > known && this.isNew(message)), gap };
  }

  receive(message: RoomMessage): 'show' | 'drop' | 'rejoin' {
    const { position } = this;
    if (!position || message.seq <= position.seq) return 'drop';
    if (message.seq > position.seq + 1) return this.onGap(message);
    position.seq = message.seq;
    return this.isNew(message) ? 'show' : 'drop';
  }

  protected onGap(_message: RoomMessage): 'show' | 'drop' | 'rejoin' {
    return this.waiting ? 'drop' : 'rejoin';
  }

  protected isLate({ epoch, seq }: MessageOf<ServerMessage, 'joined'>): boolean {
    return this.position?.epoch === epoch && seq < this.position.seq;
  }

  protected isGap({ recovered }: MessageOf<ServerMessage, 'joined'>): boolean {
    return this.position !== undefined && !recovered;
  }

  protected isNew({ from, id }: RoomMessage): boolean {
    const key = JSON.stringify({ from: from.id, id });
    if (this.shown.includes(key)) return false;
    this.shown = [...this.shown, key].slice(-1_000);
    return true;
  }
}

export class Outbox implements Iterable<OutgoingMessage> {
  protected messages: OutgoingMessage[];
  protected readonly store: OutboxStore | undefined;

  constructor(store?: OutboxStore) {
    this.store = store;
    this.messages = store?.load() ?? [];
  }

  get size(): number {
    return this.messages.length;
  }

  get(id: string): OutgoingMessage | undefined {
    return this.messages.find((message) => message.id === id);
  }

  add(message: OutgoingMessage): void {
    this.change([...this.messages.filter(({ id }) => id !== message.id), message]);
  }

  remove(id: string): boolean {
    if (!this.get(id)) return false;
    this.change(this.messages.filter((message) => message.id !== id));
    return true;
  }

  clear(): void {
    this.change([]);
  }

  [Symbol.iterator](): IterableIterator<OutgoingMessage> {
    return this.messages.values();
  }

  protected change(messages: OutgoingMessage[]): void {
    this.messages = messages;
    this.store?.save(messages);
  }
}
