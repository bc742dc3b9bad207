import { isUtf8 } from 'node:buffer';
import type { FrameSeen, MessageSeen } from '#labs/09-wire';
import type { WireEvent } from './conversation.ts';
import type { Head } from './http-head.ts';
import { isoTime } from './json-lines.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'magenta' | 'green';

export interface PeopleOptions {
  /** Characters in a line; previews are cut to fit. */
  columns: number;
  /** Colours a text, or leaves it as it is. */
  paint: (style: Style, text: string) => string;
}

/** Characters of a message that are shown at most; `--json` has them all. */
const longestMessage = 2000;

/** The timeline for people: a headline for each connection, then a line for each thing that was seen. */
export class Timeline {
  readonly #columns: number;
  readonly #paint: PeopleOptions['paint'];
  /** The streams that have a headline. */
  readonly #begun = new Set<number>();
  /** By stream and side: whether the latest frame has shown its whole message. */
  readonly #isShown = new Map<string, boolean>();
  #day = '';
  #frames = 0;
  #messages = 0;
  #gaps = 0;
  #errors = 0;
  #tls = 0;

  constructor({ columns, paint }: PeopleOptions) {
    this.#columns = columns;
    this.#paint = paint;
  }

  /** The lines that tell this event, after those that came before. */
  lines(event: WireEvent): string[] {
    const lines = this.#headlines(event);
    switch (event.kind) {
      case 'handshake':
        return [...lines, ...this.#head(event, 'request' in event ? event.request : event.response)];
      case 'frame':
        this.#frames++;
        return [...lines, this.#frame(event)];
      case 'message':
        this.#messages++;
        return [...lines, ...this.#message(event)];
      case 'gap':
        this.#gaps++;
        return [
          ...lines,
          this.#line(event, 'gap', 'yellow', `${bytes(event.missing)} are not in the capture`),
        ];
      case 'error':
        this.#errors++;
        return [...lines, this.#line(event, 'error', 'red', printable(event.message))];
      case 'tls':
        this.#tls++;
        return [...lines, this.#line(event, 'TLS', 'yellow', 'encrypted: nothing more can be seen of it')];
      case 'end':
        return [...lines, this.#line(event, 'TCP', 'dim', endings[event.by])];
    }
  }

  /** What it came to, in one line. */
  summary(): string {
    const counts = [
      count(this.#frames, 'frame'),
      count(this.#messages, 'message'),
      ...(this.#gaps > 0 ? [count(this.#gaps, 'gap')] : []),
      ...(this.#errors > 0 ? [count(this.#errors, 'error')] : []),
    ];
    const webSockets = this.#begun.size - this.#tls;
    if (webSockets > 0) return `${count(webSockets, 'WebSocket')}: ${counts.join(', ')}`;
    return this.#tls > 0
      ? 'No WebSocket that can be read: what there is, is TLS'
      : 'No WebSocket in this capture';
  }

  #headlines({ at, stream, client, server }: WireEvent): string[] {
    const lines: string[] = [];
    const day = isoTime(at).slice(0, 10);
    if (day !== this.#day) lines.push(this.#paint('dim', `${day}, times in UTC`));
    this.#day = day;
    if (!this.#begun.has(stream)) lines.push('', this.#paint('bold', `#${stream}  ${client} → ${server}`));
    this.#begun.add(stream);
    return lines;
  }

  /** `12:00:00.123456  #0  →  text  …` */
  #line(event: WireEvent, what: string, style: Style | undefined, rest: string): string {
    const word = what.padEnd(12);
    return `${this.#place(event)}  ${style ? this.#paint(style, word) : word}  ${rest}`.trimEnd();
  }

  #place({ at, stream, from }: WireEvent): string {
    const arrow = from === 'client' ? this.#paint('cyan', '→') : this.#paint('magenta', '←');
    return `${this.#paint('dim', isoTime(at).slice(11, -1))}  #${stream}  ${arrow}`;
  }

  /** How wide what stands before a preview is. */
  #indent({ stream }: WireEvent): number {
    return `12:00:00.123456  #${stream}  →  `.length;
  }

  #head(event: WireEvent, { startLine, headers }: Head): string[] {
    const margin = ' '.repeat(this.#indent(event));
    return [
      `${this.#place(event)}  ${this.#paint('green', printable(startLine))}`,
      ...headers.map(
        ([name, value]) => `${margin}${this.#paint('dim', `${printable(name)}:`)} ${printable(value)}`,
      ),
    ];
  }

  #frame(event: WireEvent & FrameSeen): string {
    const { opcode, length, fin, rsv1, masked } = event;
    const flags = [fin && 'FIN', rsv1 && 'RSV1', masked && 'masked'].filter((flag) => flag).join(' ');
    const facts = `${bytes(length).padStart(12)}  ${flags.padEnd(15)}`;
    // A message in one frame is shown whole there; of others the frames show a preview.
    const isMessage = event.type !== undefined && fin && opcode !== 'continuation' && !event.compressed;
    const room = isMessage
      ? longestMessage
      : this.#columns - this.#indent(event) - facts.length - 2 * gap - 12;
    if (event.type) this.#isShown.set(sideOf(event), isMessage);
    const style = opcode === 'close' ? 'yellow' : event.type ? 'bold' : undefined;
    return this.#line(event, opcode, style, `${facts}  ${previewOf(event, Math.max(20, room))}`);
  }

  #message(event: WireEvent & MessageSeen): string[] {
    const { type, data } = event;
    if (this.#isShown.get(sideOf(event))) return [];
    const facts = `${bytes(data.length).padStart(12)}  ${`whole ${type}`.padEnd(15)}`;
    const content = type === 'text' ? textOf(data, longestMessage) : hexOf(data, longestMessage);
    return [this.#line(event, 'message', 'bold', `${facts}  ${content}`)];
  }
}

/** Which of the two directions of which connection. */
function sideOf({ stream, from }: WireEvent): string {
  return `${stream} ${from}`;
}

const gap = 2;
const endings = { fin: 'FIN: sends no more', rst: 'RST: broken off' };

/** What a frame carries, in about `room` characters; `…` at the end of what is cut. */
function previewOf({ payload, type, compressed, code, reason, opcode }: FrameSeen, room: number): string {
  if (!payload) return '(bytes of it are missing)';
  if (code !== undefined) return printable(`${code} ${reason}`.trimEnd());
  if (payload.length === 0) return opcode === 'close' ? '(no code)' : '';
  if (compressed) return `(deflated) ${hexOf(payload, room)}`;
  const mayBeText = type === 'text' || opcode === 'ping' || opcode === 'pong';
  return mayBeText && isUtf8(payload) ? textOf(payload, room) : hexOf(payload, room);
}

function textOf(data: Buffer, room: number): string {
  // A character has four bytes at most.
  const text = data.toString('utf8', 0, 4 * room);
  return printable(text.length > room ? `${text.slice(0, room - 1)}…` : text);
}

function hexOf(data: Buffer, room: number): string {
  const most = Math.floor(room / 3);
  const hex = data.toString('hex', 0, most).replace(/..(?=.)/g, '$& ');
  return data.length > most ? `${hex}…` : hex;
}

/** Text from the wire, fit for a terminal: what could move its cursor or turn its lines round is written as `\u{…}`. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === '\n') return '\\n';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

function bytes(length: number): string {
  return count(length, 'byte');
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
