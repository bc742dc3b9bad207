/**
 * People who chat, in a process of their own: each says one to three things, and more a little after all of
 * them are acknowledged. Tells all that a person would see, and ends with its parent.
 */
import { WebSocket } from 'ws';
import type { RoomMessage, ServerMessage } from '#labs/10-protocol';
import { ChatClient } from '#labs/21-chat-client';
import { heapBytes } from './heap.ts';
import type { Entry, Shown } from './judge.ts';

export interface ClientsConfig {
  /** `127.0.0.1:40123` */
  host: string;
  names: readonly string[];
  room: string;
}

/** What it is asked for: to begin, to end and empty the outboxes, to tell the bytes in use. */
export type ClientsAsked = 'talk' | 'hush' | 'heap';
/** What it says. */
export type ClientsSay = Entry | { type: 'heap'; bytes: number };

/** The longest pause before someone speaks again, in ms. */
const pauseMs = 1_000;
/** Short waits: it is the number of losses that counts. */
const policy = {
  firstMs: 100,
  capMs: 300,
  pauseMs: 50,
  connectTimeoutMs: 1_500,
  stableMs: 500,
  maxRetries: 10_000,
};

const { host, names, room } = JSON.parse(process.argv[2]) as ClientsConfig;
let talking = false;

function say(message: ClientsSay): void {
  if (process.connected) process.send?.(message);
}

class Person {
  readonly #name: string;
  readonly #client: ChatClient;
  /** From the wire, which the client hides: what the message at hand belongs to. */
  #wire = { epoch: '', seq: 0, messageCount: 0 };
  #session: string | undefined;
  #said = 0;

  constructor(name: string) {
    this.#name = name;
    const hear = (message: ServerMessage, epoch: string) => this.#hear(message, epoch);
    this.#client = new ChatClient({
      url: `ws://${host}/chat`,
      policy,
      getTicket: () => this.#getTicket(),
      WebSocket: class extends WebSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol);
          let epoch = '';
          // Before any listener of the client.
          this.addEventListener('message', ({ data }) => {
            const message = JSON.parse(String(data)) as ServerMessage;
            if (message.type === 'joined') epoch = message.epoch;
            hear(message, epoch);
          });
        }
      },
    });
    this.#client.on('state', (state) => say({ type: 'state', client: name, state: state.name }));
    this.#client.on('joined', ({ messages, gap }) => {
      const { epoch, seq, messageCount } = this.#wire;
      say({
        type: 'joined',
        client: name,
        epoch,
        seq,
        since: seq - messageCount,
        gap,
        shown: messages.map(shown),
      });
    });
    this.#client.on('chat', (message) => {
      say({ type: 'shown', client: name, epoch: this.#wire.epoch, ...shown(message) });
    });
    this.#client.on('presence', ({ user, event }) => {
      say({ type: 'presence', client: name, who: user.name, event });
    });
    this.#client.on('sent', (id) => {
      const { epoch, seq } = this.#wire;
      say({ type: 'acknowledged', client: name, epoch, seq, id });
      this.goOn();
    });
    this.#client.on('failed', (id, reason) => say({ type: 'failed', client: name, id, reason }));
    this.#client.join(room);
    this.#client.tryNow();
  }

  /** Speaks again when all is acknowledged, or says that nothing waits any more. */
  goOn(): void {
    if (this.#client.pending.length > 0) return;
    if (talking) setTimeout(() => this.#speak(), Math.random() * pauseMs);
    else say({ type: 'hushed', client: this.#name });
  }

  #speak(): void {
    if (!talking) {
      this.goOn();
      return;
    }
    for (let left = 1 + (this.#said % 3); left > 0; left--) {
      const id = `${this.#name}-${++this.#said}`;
      this.#client.chat(room, `${id} says something of the usual length`, id);
    }
  }

  /** Signs in the first time; what fails here is tried again with the connection. */
  async #getTicket(): Promise<string> {
    const json = { 'Content-Type': 'application/json' };
    this.#session ??= (await post<{ session: string }>('/session', json, { name: this.#name })).session;
    return (await post<{ ticket: string }>('/ticket', { Authorization: `Bearer ${this.#session}` })).ticket;
  }

  #hear(message: ServerMessage, epoch: string): void {
    if (message.type === 'joined')
      this.#wire = { epoch, seq: message.seq, messageCount: message.messages.length };
    else this.#wire = { epoch, seq: message.type === 'ack' ? (message.seq ?? 0) : 0, messageCount: 0 };
  }
}

/** Gives up when the attempt it is for has: a server that is stopped never answers. */
async function post<Answer>(path: string, headers: Record<string, string>, body?: object): Promise<Answer> {
  const response = await fetch(`http://${host}${path}`, {
    method: 'POST',
    headers,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(policy.connectTimeoutMs),
  });
  return (await response.json()) as Answer;
}

const shown = ({ seq, id }: RoomMessage): Shown => ({ seq, id });

const people = names.map((name) => new Person(name));

process.on('disconnect', () => process.exit());
process.on('message', (asked: ClientsAsked) => {
  if (asked === 'heap') return say({ type: 'heap', bytes: heapBytes() });
  talking = asked === 'talk';
  for (const person of people) person.goOn();
});
