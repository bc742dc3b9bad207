// Right, with no queue of its own: the socket is corked for the turn, and read by pulling instead of events.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import { FrameParser } from '../../../solutions/04-frame-parser.ts';
import { encodeClosePayload, MessageAssembler } from '../../../solutions/05-messages.ts';
import type {
  ConnectionEvents,
  ConnectionOptions,
  Extension,
  SendCallback,
} from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends EventEmitter<ConnectionEvents> {
  readonly protocol: string;
  readonly extension: Extension | undefined;
  readyState: 1 | 2 | 3 = 1;
  readonly #socket: Duplex;
  readonly #options: ConnectionOptions;
  readonly #parser: FrameParser;
  readonly #assembler: MessageAssembler;
  #frames: Frame[] = [];
  #broken: ProtocolError | undefined;
  #corked = false;
  #paused = false;
  #over = false;
  #closeSent = false;
  #end: [code: number, reason: string] = [1006, ''];
  #latestPing: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super();
    this.protocol = options.protocol ?? '';
    this.extension = options.extension;
    this.#socket = socket;
    this.#options = options;
    const parserOptions = { ...options, allowRsv1: options.extension !== undefined };
    this.#parser = new FrameParser(parserOptions, (frame) => this.#frames.push(frame));
    this.#assembler = new MessageAssembler(
      {
        onMessage: (data, isBinary) => this.emit('message', data, isBinary),
        onPing: (payload) => {
          if (socket.writableNeedDrain) this.#latestPing = payload;
          else this.#write(Opcode.Pong, payload);
          this.emit('ping', payload);
        },
        onPong: (payload) => this.emit('pong', payload),
        onClose: (code, reason) => {
          this.#end = [code, reason];
          this.#over = true;
          this.#sendClose(encodeClosePayload(code === 1005 ? undefined : code, reason));
          if (options.role === 'server') this.#finish();
        },
      },
      options,
    );
    if (options.head?.length) socket.unshift(options.head);
    socket
      .on('readable', () => this.#pull())
      .on('drain', () => {
        if (this.#latestPing) this.#write(Opcode.Pong, this.#latestPing);
        this.#latestPing = undefined;
        this.emit('drain');
      })
      .on('end', () => {
        this.#over = true;
        this.#finish();
      })
      .on('error', () => {})
      .on('close', () => {
        this.readyState = 3;
        clearTimeout(this.#timer);
        this.emit('close', this.#end[0], Buffer.from(this.#end[1]));
      });
    (this as EventEmitter).on('newListener', () => setImmediate(() => this.#pull()));
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  send(data: string | Uint8Array, callback?: SendCallback): void {
    const opcode = typeof data === 'string' ? Opcode.Text : Opcode.Binary;
    if (this.#isOpen(callback)) this.#write(opcode, Buffer.from(data), callback);
  }

  sendFrame(bytes: Buffer, callback?: SendCallback): void {
    if (this.#options.role === 'client') throw new TypeError('a client masks each frame');
    if (this.#isOpen(callback)) this.#corkedSocket().write(bytes, callback);
  }

  ping(payload: Uint8Array = new Uint8Array()): void {
    this.#control(Opcode.Ping, payload);
  }

  pong(payload: Uint8Array = new Uint8Array()): void {
    this.#control(Opcode.Pong, payload);
  }

  close(code?: number, reason?: string): void {
    const payload = encodeClosePayload(code, reason);
    if (this.readyState === 1) this.#sendClose(payload);
  }

  terminate(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pull();
  }

  /** Takes frames, and chunks when there are no more, as long as someone wants them. */
  #pull(): void {
    for (;;) {
      const chunk = this.#frames.length > 0 || this.#broken ? undefined : this.#socket.read();
      if (chunk === null) return;
      if (this.#over) {
        if (this.#socket.read() === null) return;
        continue;
      }
      try {
        if (chunk) this.#parse(chunk);
        while (this.#frames.length > 0 && !this.#over) {
          if (this.#paused || (this.#frames[0].opcode < 8 && this.listenerCount('message') === 0)) return;
          const frame = this.#frames.shift() as Frame;
          const received = this.extension ? this.extension.receive(frame) : frame;
          if (received) this.#assembler.push(received);
        }
        if (this.#broken && !this.#over) throw this.#broken;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#fail(error);
      }
    }
  }

  #parse(chunk: Buffer): void {
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#broken = error as ProtocolError;
    }
  }

  #fail(error: ProtocolError): void {
    this.#over = true;
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.#sendClose(encodeClosePayload(error.closeCode));
    this.#finish();
  }

  #isOpen(callback?: SendCallback): boolean {
    if (this.readyState === 1) return true;
    if (callback) queueMicrotask(() => callback(new Error('closed')));
    return false;
  }

  #control(opcode: number, payload: Uint8Array): void {
    if (payload.length > 125) throw new RangeError('too long');
    if (this.#isOpen()) this.#write(opcode, payload);
  }

  #write(opcode: number, payload: Uint8Array, callback?: SendCallback): void {
    const { role, maskingKey = () => randomBytes(4) } = this.#options;
    const key = role === 'client' ? maskingKey() : undefined;
    const frame = this.extension?.send({ opcode, payload }) ?? { opcode, payload };
    this.#corkedSocket().write(encodeFrame({ ...frame, maskingKey: key }), callback);
  }

  #corkedSocket(): Duplex {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    return this.#socket;
  }

  #sendClose(payload: Buffer): void {
    if (this.#closeSent) return;
    this.#closeSent = true;
    this.readyState = 2;
    this.#write(Opcode.Close, payload);
    this.#startTimer();
  }

  #finish(): void {
    this.readyState = 2;
    this.#socket.end();
    this.#startTimer();
  }

  #startTimer(): void {
    this.#timer ??= setTimeout(() => this.#socket.destroy(), this.#options.closeTimeoutMs ?? 30_000);
  }
}
