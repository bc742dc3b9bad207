import { Buffer } from 'node:buffer';
import { headerValues } from '#labs/01-handshake';
import type { FrameSeen, Side } from '#labs/09-wire';
import type { WireEvent } from '../../../../workbook/wire/conversation.ts';
import type { Head } from '../../../../workbook/wire/http-head.ts';

/** What a row is, as the filter knows it. */
export type RowKind = 'handshake' | 'data' | 'control' | 'message' | 'gap' | 'error' | 'tcp';

export const rowKinds: Readonly<Record<RowKind, string>> = {
  handshake: 'Handshakes',
  data: 'Data frames',
  control: 'Control frames',
  message: 'Messages',
  gap: 'Gaps',
  error: 'Errors',
  tcp: 'TCP and TLS',
};

/** An event as the list shows it. */
export interface Row {
  /** Counts from 1 over all events. */
  number: number;
  kind: RowKind;
  /** Long payloads and messages are cut: `length` says how long they were. */
  event: WireEvent;
  /** What it is: `text frame`, `101 Switching Protocols`. */
  what: string;
  /** The flags of a frame: `FIN`, `RSV1`, `MASK`. */
  flags: string[];
  /** Bytes of payload; undefined where there is none. */
  length?: number;
  /** What it carries, in one line. */
  preview: string;
}

/** What is known of one TCP connection. */
export interface StreamSummary {
  stream: number;
  client: string;
  server: string;
  /** `/chat`, once the request was seen; `TLS` when nothing more can be. */
  target: string;
  frames: number;
  messages: number;
  /** How it ended, as far as it has: `1000`, `FIN`, `RST`. */
  end: string;
}

export interface Filter {
  /** Default: all. */
  stream?: number;
  from?: Side;
  kinds: ReadonlySet<RowKind>;
}

/** Bytes of a payload or message that a row keeps. */
const bytesKept = 1024;
/** Characters of a preview. */
const previewLength = 160;

/** The events of a capture or of a running chat, as rows, and their streams. Only so many rows are kept. */
export class Timeline {
  readonly #maxRows: number;
  readonly #keep: 'first' | 'last';
  readonly #streams = new Map<number, StreamSummary>();
  rows: Row[] = [];
  /** All events, kept or not. */
  total = 0;

  constructor(maxRows: number, keep: 'first' | 'last') {
    this.#maxRows = maxRows;
    this.#keep = keep;
  }

  get streams(): StreamSummary[] {
    return [...this.#streams.values()];
  }

  add(event: WireEvent): void {
    this.total++;
    this.#count(event);
    if (this.rows.length === this.#maxRows) {
      if (this.#keep === 'first') return;
      this.rows.shift();
    }
    this.rows.push(rowOf(event, this.total));
  }

  #count(event: WireEvent): void {
    const { stream, client, server } = event;
    let summary = this.#streams.get(stream);
    if (!summary) {
      summary = { stream, client, server, target: '', frames: 0, messages: 0, end: '' };
      this.#streams.set(stream, summary);
    }
    switch (event.kind) {
      case 'handshake':
        if ('request' in event) [, summary.target = ''] = event.request.startLine.split(' ');
        break;
      case 'frame':
        summary.frames++;
        if (event.opcode === 'close') summary.end ||= event.code === undefined ? 'close' : `${event.code}`;
        break;
      case 'message':
        summary.messages++;
        break;
      case 'tls':
        summary.target = 'TLS';
        break;
      case 'end':
        summary.end ||= event.by.toUpperCase();
        break;
    }
  }
}

export function matches({ kind, event }: Row, { stream, from, kinds }: Filter): boolean {
  return (
    kinds.has(kind) && (stream === undefined || event.stream === stream) && (!from || event.from === from)
  );
}

function rowOf(event: WireEvent, number: number): Row {
  switch (event.kind) {
    case 'handshake': {
      const head = 'request' in event ? event.request : event.response;
      return { number, kind: 'handshake', event, what: head.startLine, flags: [], preview: agreed(head) };
    }
    case 'frame': {
      const { opcode, payload, length } = event;
      const kind = opcode === 'close' || opcode === 'ping' || opcode === 'pong' ? 'control' : 'data';
      return {
        number,
        kind,
        event: { ...event, header: Buffer.from(event.header), payload: payload && firstOf(payload) },
        what: opcode === 'continuation' ? opcode : `${opcode} frame`,
        flags: flagsOf(event),
        length,
        preview: framePreview(event),
      };
    }
    case 'message': {
      const { type, data } = event;
      return {
        number,
        kind: 'message',
        event: { ...event, data: firstOf(data) },
        what: `${type} message`,
        flags: [],
        length: data.length,
        preview: type === 'text' ? textPreview(data) : hexPreview(data),
      };
    }
    case 'gap': {
      const preview = `${count(event.missing, 'byte')} of this side missing`;
      return { number, kind: 'gap', event, what: 'gap', flags: [], preview };
    }
    case 'error':
      return { number, kind: 'error', event, what: 'error', flags: [], preview: event.message };
    case 'tls':
      return { number, kind: 'tcp', event, what: 'TLS', flags: [], preview: 'all else is encrypted' };
    case 'end': {
      const preview = event.by === 'fin' ? 'this side sends no more' : 'cut off';
      return { number, kind: 'tcp', event, what: `TCP ${event.by.toUpperCase()}`, flags: [], preview };
    }
  }
}

function flagsOf({ fin, rsv1, masked }: FrameSeen): string[] {
  return [fin && 'FIN', rsv1 && 'RSV1', masked && 'MASK'].filter((flag) => flag !== false);
}

/** What a request offers, or an answer agrees to. */
function agreed({ headers }: Head): string {
  return ['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions']
    .flatMap((name) => headerValues(headers, name))
    .join(' · ');
}

function framePreview({ opcode, payload, length, type, compressed, code, reason }: FrameSeen): string {
  if (length === 0) return '';
  if (!payload) return 'not all of it is in the capture';
  if (opcode === 'close') return [code, reason].filter((part) => part !== undefined).join(' ');
  if (compressed) return `compressed: ${hexPreview(payload)}`;
  return type === 'text' || isReadable(payload) ? textPreview(payload) : hexPreview(payload);
}

/** Printable ASCII: the payload of a ping may be anything. */
function isReadable(bytes: Buffer): boolean {
  return bytes.subarray(0, bytesKept).every((byte) => byte >= 0x20 && byte < 0x7f);
}

function textPreview(bytes: Buffer): string {
  return bytes
    .subarray(0, 4 * previewLength)
    .toString()
    .replace(/\s+/g, ' ')
    .slice(0, previewLength);
}

function hexPreview(bytes: Buffer): string {
  const shown = bytes.subarray(0, 24);
  return `${(shown.toString('hex').match(/../g) ?? []).join(' ')}${bytes.length > shown.length ? ' …' : ''}`;
}

/** A copy, so that what a capture was read into can go. */
function firstOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytesKept));
}

/** `1 byte`, `1,460 bytes`. */
export function count(number: number, thing: string): string {
  return `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`;
}
