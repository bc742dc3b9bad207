import { AssertionError } from 'node:assert';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeFrame, encodeFrame, type Frame, Opcode, ProtocolError } from '#labs/03-frames';
import { Connection, type ConnectionOptions } from '#labs/06-connection';
import { TestSocket } from './test-socket.ts';

/** What the checks of a connection share: the connection on one end of a wire, the check on the other. */

/** The masking key of the example in RFC 6455 §5.7. */
export const exampleKey = Buffer.from('37fa213d', 'hex');

/** An event and its values, bytes as text: `['message', 'Hello', false]`. */
export type Told = [event: string, ...values: unknown[]];

export interface WireOptions extends Partial<ConnectionOptions> {
  /** Events to record. Default: all. */
  events?: readonly (typeof eventNames)[number][];
}

const eventNames = ['message', 'ping', 'pong', 'drain', 'error', 'close'] as const;

export class Wire {
  readonly socket = new TestSocket();
  readonly connection: Connection;
  /** The events so far. */
  readonly told: Told[] = [];
  readonly #role: 'server' | 'client';

  constructor({ events = eventNames, role = 'server', ...options }: WireOptions = {}) {
    this.#role = role;
    this.connection = new Connection(this.socket, { role, ...options });
    for (const event of events) this.listen(event);
  }

  listen(event: (typeof eventNames)[number]): void {
    const emitter: NodeJS.EventEmitter = this.connection;
    emitter.on(event, (...values: unknown[]) => this.told.push([event, ...values.map(shown)]));
  }

  /** The events of one name. */
  all(event: string): Told[] {
    return this.told.filter(([name]) => name === event);
  }

  /** Frames as the peer sends them: masked when the connection is a server. */
  encode(opcode: number, payload: string | Uint8Array = '', fin = true): Buffer {
    const maskingKey = this.#role === 'server' ? exampleKey : undefined;
    return encodeFrame({ opcode, payload: Buffer.from(payload), fin, maskingKey });
  }

  /** A frame comes from the peer. */
  receive(opcode: number, payload?: string | Uint8Array, fin?: boolean): void {
    this.socket.receive(this.encode(opcode, payload, fin));
  }

  /** A Close frame comes from the peer. */
  receiveClose(code?: number, reason = ''): void {
    this.receive(Opcode.Close, closePayload(code, reason));
  }

  /** The frames that the connection has written. */
  get sent(): Frame[] {
    const frames: Frame[] = [];
    for (let rest = this.socket.written; rest.length > 0; ) {
      const decoded = decodeFrame(rest);
      if (!decoded)
        throw new AssertionError({ message: `Not a whole frame was sent: ${rest.toString('hex')}` });
      frames.push(decoded.frame);
      rest = rest.subarray(decoded.bytesRead);
    }
    return frames;
  }

  /** The frames sent, in words: `text Hello`, `close 1000 bye`. */
  get sentInWords(): string[] {
    return this.sent.map(inWords);
  }

  /** Waits for as many frames. */
  async untilSent(count: number): Promise<Frame[]> {
    await until(
      () => this.sent.length >= count,
      () => `${count} frames sent; sent were: ${this.sentInWords.join(', ')}`,
    );
    return this.sent;
  }

  /** Waits for an event; returns its values. */
  async untilTold(event: string): Promise<unknown[]> {
    await until(
      () => this.all(event).length > 0,
      () => `a '${event}' event; told was: ${JSON.stringify(this.told)}`,
    );
    return this.all(event)[0].slice(1);
  }

  async untilEnded(): Promise<void> {
    await until(
      () => this.socket.hasEnded,
      () => 'the end of TCP: socket.end()',
    );
  }
}

export function closePayload(code?: number, reason = ''): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}

/** Turns of the event loop: whatever the program under test put off within one has happened after a few. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

/** Waits until it is so; fails with what was expected after a second. */
export async function until(condition: () => boolean, expected: () => string): Promise<void> {
  const deadline = process.hrtime.bigint() + 1_000_000_000n;
  while (!condition()) {
    if (process.hrtime.bigint() > deadline) throw new AssertionError({ message: `Waited for ${expected()}` });
    await nextTurn();
  }
}

function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'string') return `a string, not bytes: ${value}`;
  return value instanceof ProtocolError ? `ProtocolError ${value.closeCode}` : value;
}

const names: Record<number, string> = { 0: 'continuation', 1: 'text', 2: 'binary', 9: 'ping', 10: 'pong' };

function inWords({ opcode, payload }: Frame): string {
  if (opcode !== Opcode.Close) return `${names[opcode]} ${payload}`.trim();
  return payload.length < 2 ? 'close' : `close ${payload.readUInt16BE()} ${payload.subarray(2)}`.trim();
}
