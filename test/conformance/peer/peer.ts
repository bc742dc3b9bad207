import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { MessageDeflate } from './deflate.ts';
import { close, frameBytes, type RawFrame } from './frame.ts';
import { FrameReader, Violation } from './reader.ts';

/** Something that came, or that the case did: what is compared with what a case expects. */
export type Seen =
  | { type: 'text' | 'binary' | 'ping' | 'pong'; data: Buffer }
  /** A wait of the case went by, and the connection was still open. */
  | { type: 'wait' };

/** How what is sent is cut: all in one write, a write a frame, or a write for so many bytes. */
export type Cut = 'whole' | 'frames' | number;

/** How long nothing may happen, in milliseconds, before the other side counts as silent. */
export const silenceMs = 10_000;

/**
 * The suite's own end of a WebSocket: it sends whatever a case wants, reads strictly, and keeps what came.
 * Made once the opening handshake is done.
 */
export class Peer {
  readonly seen: Seen[] = [];
  /** The other side's Close frame; `code` undefined when it carried none. */
  closeReceived: { code: number | undefined } | undefined;
  closeSent = false;
  /** Whose Close frame, or end of TCP, came first. */
  closedFirst: 'suite' | 'subject' | undefined;
  /** TCP ended: no more will come. */
  ended = false;
  /** The other side did nothing for `silenceMs` while something was due. */
  silent = false;
  /** A rule the other side broke. */
  violation: string | undefined;

  readonly #socket: Socket;
  readonly #role: 'server' | 'client';
  readonly #deflate: MessageDeflate | undefined;
  readonly #reader = new FrameReader();
  /** The message whose fragments are coming. */
  #message: { opcode: number; compressed: boolean; fragments: Buffer[] } | undefined;
  #wake = () => {};

  /** `role` is the suite's; `head` came together with the handshake. */
  constructor(socket: Socket, role: 'server' | 'client', head: Buffer, deflate?: MessageDeflate) {
    this.#socket = socket;
    this.#role = role;
    this.#deflate = deflate;
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () => {
      this.silent = true;
      socket.destroy();
    });
    void this.#read(head);
  }

  /** No more can be done: the other side closed, or TCP ended. */
  get over(): boolean {
    return this.closeReceived !== undefined || this.ended;
  }

  /** Sends frames as they are, cut as the case wants; stops when the other side closes meanwhile. */
  async send(frames: readonly RawFrame[], cut: Cut = 'whole'): Promise<void> {
    // A Close with reserved bits is no Close: the other side must fail the connection for it.
    if (frames.some(({ opcode, rsv }) => opcode === 8 && rsv === 0)) this.#closing();
    const written = frames.map((frame) => frameBytes(frame, this.#role === 'client'));
    for (const piece of cut === 'frames' ? written : pieces(Buffer.concat(written), cut)) {
      if (this.over) return;
      await this.#write(piece);
    }
  }

  /** Sends one frame in parts, cut at these places of its payload, with a wait between two. */
  async sendSlowly({
    slowly,
    at,
    wait,
  }: {
    slowly: RawFrame;
    at: readonly number[];
    wait: number;
  }): Promise<void> {
    const bytes = frameBytes(slowly, this.#role === 'client');
    const headerLength = bytes.length - slowly.payload.length;
    let start = 0;
    for (const end of [...at.map((place) => headerLength + place), bytes.length]) {
      if (start > 0) await this.wait(wait);
      if (this.over) return;
      await this.#write(bytes.subarray(start, end));
      start = end;
    }
  }

  /** Sends one message, compressed where that was agreed, in frames of `fragment` bytes. */
  async sendMessage(
    message: { type: 'text' | 'binary'; data: Buffer },
    fragment = 0,
    cut?: Cut,
  ): Promise<void> {
    const payload = this.#deflate ? await this.#deflate.deflate(message.data) : message.data;
    await this.send(fragments(message.type, payload, fragment, this.#deflate ? 4 : 0), cut);
  }

  /** Waits until `done`, or until nothing can change any more. */
  async until(done: () => boolean): Promise<void> {
    while (!done() && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits so long, unless the other side closes before. */
  async wait(ms: number): Promise<void> {
    let elapsed = false;
    const timer = setTimeout(() => {
      elapsed = true;
      this.#wake();
    }, ms);
    await this.until(() => this.over || elapsed);
    clearTimeout(timer);
    if (!this.over) this.seen.push({ type: 'wait' });
  }

  /**
   * Lets the connection end as it should: an answer to the other side's Close if there was none, then TCP, the
   * server first (RFC 6455 §7.1.1). Returns once TCP has ended.
   */
  async finish(): Promise<void> {
    await this.until(() => this.over);
    if (this.closeReceived && !this.closeSent) {
      this.#closing();
      const { code } = this.closeReceived;
      await this.#write(frameBytes(close(code), this.#role === 'client'));
    }
    if (this.#role === 'server') this.#socket.end();
    await this.until(() => false);
    this.#socket.destroy();
    this.#deflate?.close();
  }

  /** Closes with 1000, and lets the connection end. */
  async closeAndFinish(): Promise<void> {
    await this.send([close(1000)]);
    await this.finish();
  }

  #closing(): void {
    this.closeSent = true;
    this.closedFirst ??= 'suite';
  }

  #write(bytes: Buffer): Promise<void> {
    // A turn of the event loop between two writes, or the kernel may join them.
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => setImmediate(resolve));
    });
  }

  async #read(head: Buffer): Promise<void> {
    try {
      await this.#take(head);
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) await this.#take(chunk);
    } catch (error) {
      // A reset ends the connection as a FIN does; which of the two is nobody's fault here.
      if (error instanceof Violation) this.violation = error.message;
      this.#socket.destroy();
    }
    this.ended = true;
    this.closedFirst ??= 'subject';
    this.#wake();
  }

  async #take(chunk: Buffer): Promise<void> {
    for (const frame of this.#reader.push(chunk)) {
      if (this.closeReceived) throw new Violation('a frame came after the Close frame');
      if (frame.masked !== (this.#role === 'server')) {
        throw new Violation(frame.masked ? 'a server masked a frame' : 'a client did not mask a frame');
      }
      if (frame.opcode >= 8) this.#takeControl(frame);
      else await this.#takeData(frame);
      this.#wake();
    }
  }

  #takeControl({ opcode, rsv, payload }: RawFrame): void {
    if (rsv !== 0) throw new Violation('a reserved bit was set on a control frame');
    if (opcode !== 8) {
      this.seen.push({ type: opcode === 9 ? 'ping' : 'pong', data: payload });
      return;
    }
    if (payload.length === 1) throw new Violation('a Close frame with one byte came');
    if (!isUtf8(payload.subarray(2))) throw new Violation('a close reason that is not UTF-8 came');
    const code = payload.length > 0 ? payload.readUInt16BE(0) : undefined;
    if (code !== undefined && !mayTravel(code)) throw new Violation(`a Close frame with ${code} came`);
    this.closeReceived = { code };
    this.closedFirst ??= 'subject';
  }

  async #takeData({ fin, rsv, opcode, payload }: RawFrame): Promise<void> {
    const first = opcode !== 0;
    if (first === (this.#message !== undefined)) {
      throw new Violation(first ? 'a message began inside another' : 'a continuation of nothing came');
    }
    if (rsv !== 0 && !(rsv === 4 && first && this.#deflate)) {
      throw new Violation('a reserved bit was set without an extension that uses it');
    }
    this.#message ??= { opcode, compressed: rsv === 4, fragments: [] };
    this.#message.fragments.push(payload);
    if (!fin) return;
    const { compressed, fragments, opcode: kind } = this.#message;
    this.#message = undefined;
    const joined = fragments.length === 1 ? fragments[0] : Buffer.concat(fragments);
    const data = compressed && this.#deflate ? await this.#deflate.inflate(joined) : joined;
    if (kind === 1 && !isUtf8(data)) throw new Violation('a text that is not UTF-8 came');
    this.seen.push({ type: kind === 1 ? 'text' : 'binary', data });
  }
}

/** The frames of a message; `fragment` 0 is one frame, whatever its size. `rsv` goes on the first. */
export function fragments(type: 'text' | 'binary', payload: Buffer, fragment: number, rsv = 0): RawFrame[] {
  const size = fragment || Math.max(payload.length, 1);
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, index) => ({
    fin: index === count - 1,
    rsv: index === 0 ? rsv : 0,
    opcode: index > 0 ? 0 : type === 'text' ? 1 : 2,
    payload: payload.subarray(index * size, (index + 1) * size),
  }));
}

function* pieces(bytes: Buffer, cut: Cut): Generator<Buffer> {
  const size = typeof cut === 'number' ? cut : Math.max(bytes.length, 1);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The close codes of RFC 6455 §7.4 and of IANA's registry that a frame may carry. */
function mayTravel(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}
