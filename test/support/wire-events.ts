import { AssertionError } from 'node:assert';
import {
  type FrameEvent,
  FrameReader,
  type FrameReaderOptions,
  type Packet,
  Reassembler,
  readSegment,
  type Segment,
} from '#labs/09-wire';
import { Unfinished } from '../../workbook/unfinished.ts';
import type { WireEvent } from '../../workbook/wire/conversation.ts';
import { WireReader } from '../../workbook/wire/wire-reader.ts';

/** What the checks of the wire read, in words that fit a line. */

/** The segment in a packet; a failure says in which. */
export function segmentIn(what: string, packet: Packet): Segment {
  const segment = readSegment(packet);
  if (segment) return segment;
  throw new AssertionError({ message: `${what}: there is a TCP segment in it, and none was found` });
}

/** Expects a packet that cannot be read to be refused. */
export function expectPacketError(what: string, packet: Packet): void {
  let found: unknown;
  try {
    found = readSegment(packet);
  } catch (error) {
    if (error instanceof Error && error.name === 'PacketError') return;
    if (error instanceof Unfinished) throw error;
    throw new AssertionError({ message: `${what}: a PacketError was expected, "${error}" came` });
  }
  const came = found ? 'a segment came' : 'undefined came';
  throw new AssertionError({ message: `${what}: a PacketError was expected, and ${came}` });
}

/** A Reassembler, and what it said: `bytes abc`, `bytes ab, cut 4`, `gap 3`, `end`; bytes in a row are joined. */
export class Direction {
  readonly #told: string[] = [];
  #bytes = '';
  readonly tcp: Reassembler = new Reassembler({
    onBytes: (bytes, cut) => {
      this.#bytes += bytes.toString();
      if (cut > 0) this.#tell(`cut ${cut}`);
    },
    onGap: (missing) => this.#tell(`gap ${missing}`),
    onEnd: () => this.#tell('end'),
  });

  push(...segments: Segment[]): this {
    for (const segment of segments) this.tcp.push(segment);
    return this;
  }

  get told(): string[] {
    return this.#bytes ? [...this.#told, `bytes ${this.#bytes}`] : this.#told;
  }

  #tell(what: string): void {
    if (this.#bytes) this.#told.push(`bytes ${this.#bytes}`);
    this.#bytes = '';
    this.#told.push(what);
  }
}

/** A FrameReader, and what it told. */
export function readFrames(options: FrameReaderOptions): {
  reader: FrameReader;
  events: FrameEvent[];
  words: () => string[];
} {
  const events: FrameEvent[] = [];
  const reader = new FrameReader(options, (event) => events.push(event));
  return { reader, events, words: () => events.map(inWords) };
}

/** All that a capture of these packets shows. */
export function readPackets(packets: readonly Packet[]): WireEvent[] {
  const events: WireEvent[] = [];
  const wire = new WireReader((event) => events.push(event));
  for (const packet of packets) wire.push(packet);
  wire.end();
  return events;
}

/** `frame text "Hello"`, `message text "Hello"`, `gap 3`, `error`, `handshake`, `end fin`: what an event is, and what it carries. */
export function inWords(event: FrameEvent | WireEvent): string {
  switch (event.kind) {
    case 'frame': {
      const { opcode, fin, payload, length, code, reason } = event;
      const content =
        code !== undefined
          ? `${code} ${JSON.stringify(reason)}`
          : payload
            ? JSON.stringify(payload.toString())
            : `${length} bytes, damaged`;
      return `frame ${opcode} ${content}${fin ? '' : ' …'}`;
    }
    case 'message':
      return `message ${event.type} ${JSON.stringify(event.data.toString())}`;
    case 'gap':
      return `gap ${event.missing}`;
    case 'end':
      return `end ${event.by}`;
    default:
      return event.kind;
  }
}

/** Events of both directions: `client: frame text "Hello"`. */
export function inWordsBySide(events: readonly WireEvent[]): string[] {
  return events.map((event) => `${event.from}: ${inWords(event)}`);
}
