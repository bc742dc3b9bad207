import type { ClientMessage, MessageOf, RoomMessage, ServerMessage } from '#labs/10-protocol';
import { JoinGate, Outbox, type OutgoingMessage, RoomLog, RoomReader } from '#labs/14-resume';

const room = 'lobby';
/** Small, so that short schedules reach what is forgotten. */
const limits = { maxMessages: 4, lastMessages: 2 };

type Up = MessageOf<ClientMessage, 'join' | 'chat'>;
type Down = MessageOf<ServerMessage, 'joined' | 'chat' | 'ack'>;

/** What happens next. `who` is the number of a client; with two clients, any number is taken modulo two. */
export interface Step {
  who: number;
  what:
    | 'posts'
    | 'connects'
    | 'loses the connection'
    | 'reloads the page'
    | 'reaches the server'
    | 'reaches the server twice'
    | 'gets its history'
    | 'hears the server'
    | 'hears the server twice'
    | 'misses a live message'
    | 'sees the server restart';
}

/** A connection: what is on its way up, what is on its way down, and a join whose history is still being read. */
interface Link {
  up: Up[];
  down: Down[];
  gate?: JoinGate<RoomMessage>;
  joining?: MessageOf<ClientMessage, 'join'>;
}

/** What one page shows, from top to bottom. */
type Shown = RoomMessage | 'gap';

/** A client as lab 21 makes it of `RoomReader` and `Outbox`, without socket and clock. */
class Client {
  readonly user: { id: string; name: string };
  readonly shown: Shown[] = [];
  link: Link | undefined;
  posted = 0;
  #stored: readonly OutgoingMessage[] = [];
  #reader = new RoomReader();
  outbox = this.#openOutbox();

  constructor(id: string) {
    this.user = { id, name: id };
  }

  #openOutbox(): Outbox {
    return new Outbox({
      load: () => [...this.#stored],
      save: (messages) => {
        this.#stored = [...messages];
      },
    });
  }

  post(): void {
    const id = `m${++this.posted}`;
    const message = { type: 'chat', id, room, content: `${this.user.id} ${id}` } as const;
    this.outbox.add(message);
    this.link?.up.push(message);
  }

  connect(): void {
    this.link = { up: [], down: [] };
    this.#join();
    for (const message of this.outbox) if (message.type === 'chat') this.link.up.push(message);
  }

  #join(): void {
    this.link?.up.push({ type: 'join', room, since: this.#reader.join() });
  }

  reload(): void {
    this.link = undefined;
    this.shown.length = 0;
    this.#reader = new RoomReader();
    this.outbox = this.#openOutbox();
  }

  receive(message: Down): void {
    if (message.type === 'ack') {
      this.outbox.remove(message.id);
    } else if (message.type === 'joined') {
      const { messages, gap } = this.#reader.joined(message);
      if (gap) this.shown.push('gap');
      this.shown.push(...messages);
    } else {
      const verdict = this.#reader.receive(message);
      if (verdict === 'show') this.shown.push(message);
      if (verdict === 'rejoin') this.#join();
    }
  }
}

/** A server with one room, some clients, and whatever a network does between them, one step at a time. */
export class World {
  readonly clients: Client[];
  #restarts = 0;
  #log = this.#newLog();
  /** All that was ever stored, by epoch and in order, whether a log still has it or not. */
  readonly #told = new Map<string, RoomMessage[]>();
  readonly #epochOf = new Map<RoomMessage, string>();
  readonly #everStored = new Set<string>();

  constructor(count = 2) {
    this.clients = Array.from({ length: count }, (_, index) => new Client(`u${index}`));
  }

  #newLog(): RoomLog {
    return new RoomLog(room, { ...limits, epoch: `epoch ${this.#restarts}` });
  }

  step({ who, what }: Step): void {
    const client = this.clients[who % this.clients.length];
    switch (what) {
      case 'posts':
        client.post();
        break;
      case 'connects':
        client.connect();
        break;
      case 'loses the connection':
        client.link = undefined;
        break;
      case 'reloads the page':
        client.reload();
        break;
      case 'reaches the server':
        this.#serve(client, client.link?.up.shift());
        break;
      case 'reaches the server twice':
        this.#serve(client, client.link?.up[0]);
        this.#serve(client, client.link?.up.shift());
        break;
      case 'gets its history':
        this.#answerJoin(client);
        break;
      case 'hears the server':
        this.#hear(client, client.link?.down.shift());
        break;
      case 'hears the server twice':
        this.#hear(client, client.link?.down[0]);
        this.#hear(client, client.link?.down.shift());
        break;
      case 'misses a live message':
        // Between two servers a message may be lost although no connection is.
        if (client.link?.down[0]?.type === 'chat') client.link.down.shift();
        break;
      case 'sees the server restart':
        this.#restarts++;
        this.#log = this.#newLog();
        for (const each of this.clients) each.link = undefined;
        break;
    }
  }

  #hear(client: Client, message: Down | undefined): void {
    if (message) client.receive(message);
  }

  #serve(client: Client, message: Up | undefined): void {
    const { link } = client;
    if (!link || !message) return;
    if (message.type === 'join') {
      // Into the room first; the history takes a while to be read.
      link.gate = new JoinGate((live) => link.down.push(live));
      link.joining = message;
    } else {
      const { id, content } = message;
      const stored = this.#log.append({ id, from: client.user, content, at: 0 });
      link.down.push({ type: 'ack', id, room, seq: stored.seq });
      if (!stored.message) return;
      this.#remember(stored.message);
      for (const each of this.clients) each.link?.gate?.push(stored.seq, stored.message);
    }
  }

  #remember(message: RoomMessage): void {
    const { epoch } = this.#log;
    this.#epochOf.set(message, epoch);
    this.#everStored.add(keyOf(message));
    this.#told.set(epoch, [...(this.#told.get(epoch) ?? []), message]);
  }

  #answerJoin({ link }: Client): void {
    if (!link?.joining) return;
    const { epoch, seq } = this.#log;
    link.down.push({
      type: 'joined',
      room,
      epoch,
      seq,
      members: [],
      ...this.#log.replay(link.joining.since),
    });
    link.joining = undefined;
    link.gate?.open(seq);
  }

  /** Who has no connection comes back, each says something more, and all that is under way arrives. */
  settle(): void {
    for (const client of this.clients) {
      if (!client.link) client.connect();
      client.post();
    }
    for (let busy = true; busy; ) {
      busy = false;
      for (const client of this.clients) {
        const { link } = client;
        if (!link || (link.up.length === 0 && link.down.length === 0 && !link.joining)) continue;
        busy = true;
        this.#serve(client, link.up.shift());
        this.#answerJoin(client);
        while (link.down.length > 0) this.#hear(client, link.down.shift());
      }
    }
  }

  /** What is wrong with how it ended, in sentences; empty when nothing is. Call it after `settle`. */
  faults(): string[] {
    return this.clients.flatMap((client) => {
      const faults = this.#faultsOf(client);
      return faults.map((fault) => `${client.user.id} ${fault}. It shows ${describe(client.shown)}`);
    });
  }

  #faultsOf({ user, outbox, posted, shown }: Client): string[] {
    const faults: string[] = [];
    for (let n = 1; n <= posted; n++) {
      const key = keyOf({ from: user, id: `m${n}` });
      if (!outbox.get(`m${n}`) && !this.#everStored.has(key))
        faults.push(`has an ack for ${key}, which was not stored`);
    }
    if (outbox.size > 0) faults.push(`waits for ${outbox.size} acknowledgements that never come`);
    const times = new Map<string, number>();
    for (const item of shown) if (item !== 'gap') times.set(keyOf(item), (times.get(keyOf(item)) ?? 0) + 1);
    for (const [key, count] of times) if (count > 1) faults.push(`shows ${key} ${count} times`);
    let before: Shown = 'gap';
    for (const item of shown) {
      if (item !== 'gap' && before !== 'gap') faults.push(...this.#between(before, item, times));
      before = item;
    }
    for (const message of this.#log.replay().messages) {
      if (!times.has(keyOf(message))) faults.push(`never shows ${keyOf(message)}, one of the last messages`);
    }
    return faults;
  }

  /** Two messages stand one below the other, and no gap is marked: are they in order, and is none left out? */
  #between(before: RoomMessage, after: RoomMessage, times: Map<string, number>): string[] {
    const epoch = this.#epochOf.get(after) ?? '';
    if (this.#epochOf.get(before) !== epoch) {
      return [`shows ${keyOf(after)}, of another numbering, right below ${keyOf(before)}`];
    }
    if (after.seq <= before.seq) return [`shows ${keyOf(after)} below ${keyOf(before)}, which came later`];
    const told = this.#told.get(epoch) ?? [];
    return told
      .slice(before.seq, after.seq - 1)
      .filter((left) => !times.has(keyOf(left)))
      .map((left) => `leaves out ${keyOf(left)} and marks no gap`);
  }
}

function keyOf({ from, id }: Pick<RoomMessage, 'from' | 'id'>): string {
  return `${from.id}'s ${id}`;
}

function describe(shown: readonly Shown[]): string {
  return shown.length === 0
    ? 'nothing'
    : shown.map((item) => (item === 'gap' ? 'a gap' : keyOf(item))).join(', ');
}
