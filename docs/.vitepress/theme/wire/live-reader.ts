import { Buffer } from 'node:buffer';
import type { Segment, Side } from '#labs/09-wire';
import type { OpenNote, WireNote } from '../../../../workbook/chat/live-wire.ts';
import { Conversation, type WireEvent } from '../../../../workbook/wire/conversation.ts';

/** Reads what passes in the running chat as lab 09 reads a capture: as segments of TCP connections. */
export class LiveReader {
  readonly #onEvent: (event: WireEvent) => void;
  readonly #connections = new Map<string, LiveConnection>();
  #streams = 0;

  constructor(onEvent: (event: WireEvent) => void) {
    this.#onEvent = onEvent;
  }

  take(notes: readonly WireNote[]): void {
    for (const note of notes) {
      const connection = this.#connections.get(note.connection);
      switch (note.type) {
        case 'open':
          // Told again whenever another page begins to watch.
          if (!connection) {
            this.#connections.set(note.connection, new LiveConnection(this.#streams++, note, this.#onEvent));
          }
          break;
        case 'bytes':
          connection?.bytes(note.from, Buffer.from(note.base64, 'base64'), note.at);
          break;
        case 'lost':
          connection?.lose(note.from, note.length, note.at);
          break;
        case 'end':
          connection?.endSide(note.from, note.at);
          break;
        case 'closed':
          connection?.close(note.reset, note.at);
          this.#connections.delete(note.connection);
          break;
      }
    }
  }
}

/** The sockets' bytes of one connection, numbered as TCP would. */
class LiveConnection {
  readonly #ends: Record<Side, string>;
  readonly #conversation: Conversation;
  /** The number of each side's next byte. */
  readonly #next: Record<Side, number> = { client: 0, server: 0 };
  /** Sides of which nobody knows how much came before this page. */
  readonly #late = new Set<Side>();

  constructor(
    stream: number,
    { client, server, handshake, at }: OpenNote,
    onEvent: (event: WireEvent) => void,
  ) {
    this.#ends = { client, server };
    const syn = this.#segment('client', { syn: true, ack: undefined });
    this.#conversation = new Conversation(stream, syn, (event) => {
      if (event.kind !== 'gap' || !this.#late.delete(event.from)) onEvent(event);
    });
    this.#conversation.push(syn, at);
    this.#next.client = 1;
    this.#conversation.push(this.#segment('server', { syn: true }), at);
    this.#next.server = 1;
    if (handshake) this.#catchUp(handshake, at);
  }

  bytes(from: Side, payload: Buffer, at: number): void {
    this.#conversation.push(this.#segment(from, { payload, length: payload.length }), at);
    this.#advance(from, payload.length);
  }

  /** Bytes that will not come: the other side acknowledges them. */
  lose(from: Side, length: number, at: number): void {
    this.#advance(from, length);
    this.#conversation.push(this.#segment(from === 'client' ? 'server' : 'client', {}), at);
  }

  endSide(from: Side, at: number): void {
    this.#conversation.push(this.#segment(from, { fin: true }), at);
    this.#advance(from, 1);
  }

  close(reset: boolean, at: number): void {
    if (reset) this.#conversation.push(this.#segment('client', { rst: true }), at);
    this.#conversation.end();
  }

  /** What came between the handshake and now is not known. One byte stands for it: the reader looks for frames anew. */
  #catchUp({ request, response }: NonNullable<OpenNote['handshake']>, at: number): void {
    this.bytes('client', Buffer.from(request, 'base64'), at);
    if (response === '') return;
    this.bytes('server', Buffer.from(response, 'base64'), at);
    for (const side of ['client', 'server'] as const) {
      this.#late.add(side);
      this.lose(side, 1, at);
    }
  }

  #advance(side: Side, length: number): void {
    this.#next[side] = (this.#next[side] + length) >>> 0;
  }

  #segment(from: Side, fields: Partial<Segment>): Segment {
    const to = from === 'client' ? 'server' : 'client';
    return {
      source: this.#ends[from],
      destination: this.#ends[to],
      seq: this.#next[from],
      ack: this.#next[to],
      syn: false,
      fin: false,
      rst: false,
      payload: Buffer.alloc(0),
      length: 0,
      ...fields,
    };
  }
}
