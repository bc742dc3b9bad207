import { connect, type Socket } from 'node:net';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { decodeClosePayload } from '#labs/05-messages';
import { type ClientMessage, subprotocol } from '#labs/10-protocol';
import { ticketFor } from './sign-in.ts';

/** Any will do: what an attacker sends need not be unpredictable. */
const maskingKey = Buffer.from('37fa213d', 'hex');

export interface AttackerOptions {
  /** As the proxy in front of the server has seen it. */
  address: string;
  /** Goes on when the server has closed, until TCP ends. Default: it cuts TCP when a Close frame comes. */
  isStubborn?: boolean;
  /** Offers permessage-deflate. Default: not. */
  compression?: boolean;
}

/** A frame as a client sends it. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { fin = true, rsv1 = false } = {},
): Buffer {
  return encodeFrame({ opcode, payload: Buffer.from(payload), fin, rsv1, maskingKey });
}

export function text(message: ClientMessage): Buffer {
  return frame(Opcode.Text, JSON.stringify(message));
}

/** A client that obeys nobody: it sends the bytes it is given, and reads if it likes. */
export class Attacker {
  /** What was answered: the types of messages, `error rate_limited` for errors, and how often. */
  readonly answers: Record<string, number> = {};
  /** The status of the handshake's answer. */
  readonly status: Promise<number>;
  /** The code of the Close frame that came; 1006 if none did. */
  readonly closed: Promise<number>;
  readonly #socket: Socket;
  readonly #isStubborn: boolean;
  #closeCode = 1006;
  #onAnswer = () => {};

  constructor(host: string, head: string, isStubborn = false) {
    this.#isStubborn = isStubborn;
    const [hostname, port] = host.split(':');
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.#socket.on('close', () => resolve(this.#closeCode)));
    this.status = this.#readHead();
    this.#socket.write(head);
  }

  /** A WebSocket, not authenticated yet. */
  static async connect(host: string, options: AttackerOptions): Promise<Attacker> {
    const { address, compression, isStubborn } = options;
    const extension = compression ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
    const attacker = new Attacker(host, `${handshake(address)}${extension}\r\n`, isStubborn);
    const status = await attacker.status;
    if (status !== 101) throw new Error(`The handshake was answered with ${status}.`);
    return attacker;
  }

  /** One that has signed in, and sits in these rooms. */
  static async join(host: string, options: AttackerOptions, ...rooms: string[]): Promise<Attacker> {
    const ticket = await ticketFor(host, 'attacker', { 'X-Forwarded-For': options.address });
    const attacker = await Attacker.connect(host, options);
    attacker.send(text({ type: 'auth', ticket }));
    await attacker.until(1, 'welcome');
    for (const room of rooms) attacker.send(text({ type: 'join', room }));
    await attacker.until(rooms.length, 'joined');
    return attacker;
  }

  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Sends the same bytes again and again, as fast as they are taken: so often, or until the connection ends. */
  async flood(bytes: Uint8Array, times: number): Promise<void> {
    for (let sent = 0; sent < times && !this.#socket.destroyed; sent++) {
      if (this.#socket.write(bytes)) continue;
      await Promise.race([this.#once('drain'), this.closed]);
    }
  }

  /** Sends one byte after another until the connection ends. */
  drip(everyMs: number): void {
    const timer = setInterval(() => this.#socket.write('x'), everyMs);
    this.closed.then(() => clearInterval(timer));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Cuts TCP. */
  cut(): void {
    this.#socket.destroy();
  }

  /** How many answers of these kinds have come. */
  count(...kinds: string[]): number {
    return kinds.reduce((sum, kind) => sum + (this.answers[kind] ?? 0), 0);
  }

  /** Waits for so many answers of these kinds, or for the end. */
  async until(count: number, ...kinds: string[]): Promise<void> {
    while (this.count(...kinds) < count && !this.#socket.destroyed) {
      const answered = new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
      await Promise.race([answered, this.closed]);
    }
  }

  /** 0 if there was none. */
  async #readHead(): Promise<number> {
    let head = Buffer.alloc(0);
    while (!head.includes('\r\n\r\n')) {
      const chunk = await Promise.race([this.#once('data'), this.closed]);
      if (!Buffer.isBuffer(chunk)) return 0;
      head = Buffer.concat([head, chunk]);
    }
    const status = Number(head.toString('latin1', 9, 12));
    if (status === 101) this.#listen(head.subarray(head.indexOf('\r\n\r\n') + 4));
    else this.#socket.resume();
    return status;
  }

  #once(event: 'data' | 'drain'): Promise<unknown> {
    return new Promise((resolve) => this.#socket.once(event, resolve));
  }

  #listen(rest: Buffer): void {
    const parser = new FrameParser({ role: 'client', allowRsv1: true }, ({ opcode, payload }) => {
      if (opcode === Opcode.Text) this.#note(payload);
      if (opcode !== Opcode.Close) return;
      this.#closeCode = decodeClosePayload(payload).code;
      if (!this.#isStubborn) this.#socket.destroy();
    });
    parser.push(rest);
    this.#socket.on('data', (chunk) => parser.push(chunk));
  }

  /** Reads no more of a message than its kind: some are long, and this is a test of the server. */
  #note(payload: Buffer): void {
    const [, type, code] =
      /^\{"type":"(\w+)"(?:,"code":"(\w+)")?/.exec(payload.toString('latin1', 0, 80)) ?? [];
    const kind = code ? `${type} ${code}` : type;
    this.answers[kind] = (this.answers[kind] ?? 0) + 1;
    this.#onAnswer();
  }
}

/** The head of a handshake, without the empty line that ends it. */
export function handshake(address: string): string {
  return [
    'GET /chat HTTP/1.1',
    'Host: chat.example',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${subprotocol}`,
    `X-Forwarded-For: ${address}`,
    '',
  ].join('\r\n');
}
