import type { Endpoint, Handshake, Side, Tap, TapListener, TappedConnection } from './tap.ts';

/** What passes on the chat's WebSockets, as its process tells the site. `at` is in µs since 1970. */
export type WireNote =
  | OpenNote
  | { type: 'bytes'; connection: string; at: number; from: Side; base64: string }
  /** More came than could be handed on: so many bytes are missing here. */
  | { type: 'lost'; connection: string; at: number; from: Side; length: number }
  /** That side ended its half of TCP. */
  | { type: 'end'; connection: string; at: number; from: Side }
  /** `reset`: the client cut it. */
  | { type: 'closed'; connection: string; at: number; reset: boolean };

export interface OpenNote {
  type: 'open';
  /** Unique over restarts of the chat. */
  connection: string;
  at: number;
  /** Address and port of each side: `127.0.0.1:50312`. */
  client: string;
  server: string;
  /** Only of a connection that was open before anyone watched: how it began, in base64. */
  handshake?: { request: string; response: string };
}

/** Bytes that may wait to be handed on; what comes on top is counted and dropped. */
const maxWaiting = 256 * 1024;
/** What a note costs besides its bytes. */
const noteCost = 64;
/** How long notes are collected before they are handed on together, in ms. */
const collectMs = 30;

/**
 * Hands on what passes on the chat's WebSockets while someone watches. It never holds the chat up: one batch
 * is under way at a time, and what waits behind it is bounded.
 */
export class LiveWire implements TapListener {
  readonly #tap: Tap;
  /** Takes a batch, and calls back when it has left. */
  readonly #handOn: (notes: WireNote[], done: () => void) => void;
  #stop: (() => void) | undefined;
  #waiting: WireNote[] = [];
  #size = 0;
  /** What was dropped since the last batch, by connection and side. */
  readonly #lost = new Map<string, Extract<WireNote, { type: 'lost' }>>();
  #busy = false;

  constructor(tap: Tap, handOn: (notes: WireNote[], done: () => void) => void) {
    this.#tap = tap;
    this.#handOn = handOn;
  }

  /** Begins to watch, and tells what is open; called again, it tells that once more, for one who has just come. */
  watch(): void {
    this.#stop ??= this.#tap.listen(this);
    for (const [connection, handshake] of this.#tap.open) this.#noteOpen(connection, handshake);
  }

  ignore(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#waiting = [];
    this.#lost.clear();
    this.#size = 0;
  }

  onOpen(connection: TappedConnection): void {
    this.#noteOpen(connection);
  }

  onBytes(connection: TappedConnection, from: Side, bytes: Buffer): void {
    const name = nameOf(connection);
    if (this.#size + bytes.length <= maxWaiting && this.#lost.size === 0) {
      this.#note(
        { type: 'bytes', connection: name, at: now(), from, base64: bytes.toString('base64') },
        bytes.length,
      );
      return;
    }
    const key = `${name} ${from}`;
    const lost = this.#lost.get(key);
    if (lost) {
      lost.length += bytes.length;
    } else {
      const note: WireNote = { type: 'lost', connection: name, at: now(), from, length: bytes.length };
      this.#lost.set(key, note);
      this.#note(note, 0);
    }
  }

  onEnd(connection: TappedConnection, from: Side): void {
    this.#note({ type: 'end', connection: nameOf(connection), at: now(), from }, 0);
  }

  onClose(connection: TappedConnection, error: NodeJS.ErrnoException | null): void {
    const reset = error?.code === 'ECONNRESET';
    this.#note({ type: 'closed', connection: nameOf(connection), at: now(), reset }, 0);
  }

  #noteOpen(connection: TappedConnection, handshake?: Readonly<Handshake>): void {
    const note: OpenNote = {
      type: 'open',
      connection: nameOf(connection),
      at: now(),
      client: written(connection.client),
      server: written(connection.server),
    };
    if (handshake) {
      const { request, response = Buffer.alloc(0) } = handshake;
      note.handshake = { request: request.toString('base64'), response: response.toString('base64') };
    }
    this.#note(note, 0);
  }

  #note(note: WireNote, length: number): void {
    // Only when nobody takes a batch for long, and thousands come and go meanwhile.
    if (this.#size > 2 * maxWaiting) return;
    this.#waiting.push(note);
    this.#size += noteCost + length;
    this.#collect();
  }

  #collect(): void {
    if (this.#busy) return;
    this.#busy = true;
    setTimeout(() => this.#flush(), collectMs).unref();
  }

  #flush(): void {
    const notes = this.#waiting;
    this.#waiting = [];
    this.#lost.clear();
    this.#size = 0;
    if (notes.length === 0) {
      this.#busy = false;
      return;
    }
    this.#handOn(notes, () => {
      this.#busy = false;
      if (this.#waiting.length > 0) this.#collect();
    });
  }
}

function nameOf({ id }: TappedConnection): string {
  return `${process.pid}.${id}`;
}

function written({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
