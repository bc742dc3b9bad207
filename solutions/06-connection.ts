import { randomFillSync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  encodeFrame,
  encodeHeader,
  type Frame,
  type FrameToSend,
  Opcode,
  ProtocolError,
} from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { encodeClosePayload, MessageAssembler, type MessageHandler } from '#labs/05-messages';

/** The states of a connection, with the numbers a page sees in `WebSocket.readyState`. */
export const ReadyState = { Connecting: 0, Open: 1, Closing: 2, Closed: 3 } as const;

/** What a peer may make a connection hold. */
export interface ConnectionLimits {
  /** Bytes of payload in one frame. Default: 1 MiB (1,048,576). */
  maxPayloadLength?: number;
  /** Bytes of payload in one message. Default: 1 MiB (1,048,576). */
  maxMessageLength?: number;
  /** Frames in one message. Default: 1024. */
  maxFragments?: number;
}

/** An extension that both sides agreed on: it changes frames on their way in and out (RFC 6455 §9). */
export interface Extension {
  /** The frame to put on the wire in place of this one: each frame but those of `sendFrame`. */
  send(frame: FrameToSend): FrameToSend;
  /**
   * The frame to go on with in place of the one that came; undefined while it waits for more.
   *
   * @throws ProtocolError when the peer broke a rule of the extension.
   */
  receive(frame: Frame): Frame | undefined;
}

export interface ConnectionOptions extends ConnectionLimits {
  /** A client masks its frames, a server must not (RFC 6455 §5.1); a server ends TCP first (§7.1.1). */
  role: 'server' | 'client';
  /** The subprotocol both agreed on in the handshake. Default: `''`, none. */
  protocol?: string;
  /** What the handshake agreed on; RSV1 is its bit then (lab 07). Default: none, and RSV1 breaks a rule. */
  extension?: Extension;
  /** Bytes that came together with the handshake: the first of the stream. Default: none. */
  head?: Buffer;
  /** How long to wait for the other side's part in closing, in milliseconds. Default: 30,000. */
  closeTimeoutMs?: number;
  /** Makes a client's masking keys: four bytes, fresh and unpredictable each time (RFC 6455 §5.3). */
  maskingKey?: () => Uint8Array;
}

/** Told when what was sent has been handed to the operating system, or why it never will be. */
export type SendCallback = (error?: Error | null) => void;

/** The events of a connection, named and shaped as in `ws`. */
export interface ConnectionEvents {
  /** A whole message. The data of a text message is valid UTF-8; `data.toString()` is its text. */
  message: [data: Buffer, isBinary: boolean];
  /** A ping came; it is answered already. */
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** The socket had been full, and has taken all that waited: a good time to send more. */
  drain: [];
  /** Why the connection fails; `close` follows. Without a listener it is not thrown. */
  error: [error: Error];
  /**
   * The end, exactly once. `code` is the one received, or 1005 when the peer gave none, or 1006 when no
   * Close frame came (RFC 6455 §7.1.5): TCP broke, or this side failed the connection and `error` said why.
   */
  close: [code: number, reason: Buffer];
}

/**
 * A WebSocket once the handshake is done, over any `Duplex`: a TCP or TLS socket, an HTTP/2 stream.
 *
 * It reads from the start. Only a message waits for a `message` listener: until one is there, the first
 * message and all after it stay unread. All frames queued in one turn of the event loop leave in one write.
 */
export class Connection extends EventEmitter<ConnectionEvents> {
  /** The subprotocol, `''` for none. */
  readonly protocol: string;
  /** The extension in use, if any. */
  readonly extension: Extension | undefined;
  // #region solution: the state: socket, role, parser (lab 04), assembler (lab 05), what waits to be written, how far closing has come
  readonly #socket: Duplex;
  readonly #role: 'server' | 'client';
  readonly #closeTimeoutMs: number;
  readonly #maskingKey: () => Uint8Array;
  readonly #parser: FrameParser;
  readonly #assembler: MessageAssembler;
  readonly #queue = new WriteQueue();
  #flushSoon = false;
  /** True from a write that the socket could not take at once until all is written. */
  #congested = false;
  /** The latest ping that came while the socket was congested; it is answered when there is room. */
  #unansweredPing: Buffer | undefined;
  #paused = false;
  /** What was read but must wait for `resume` or a `message` listener, in order. */
  #held: (Frame | ProtocolError)[] | undefined;
  #state: 1 | 2 | 3 = ReadyState.Open;
  #closeSent = false;
  /** Once set, what the peer still sends is read and dropped. */
  #deaf = false;
  #closeCode = 1006;
  #closeReason = '';
  #closeTimer: NodeJS.Timeout | undefined;
  // #endregion

  constructor(socket: Duplex, options: ConnectionOptions) {
    super();
    // #region solution: keep the options, wire the socket's events to your methods, put `head` in front of the stream
    this.protocol = options.protocol ?? '';
    this.extension = options.extension;
    this.#socket = socket;
    this.#role = options.role;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 30_000;
    this.#maskingKey = options.maskingKey ?? randomKey;
    // Not all of `options`: the parser would keep `head` alive as long as the connection.
    const { role, maxPayloadLength } = options;
    const allowRsv1 = this.extension !== undefined;
    this.#parser = new FrameParser({ role, maxPayloadLength, allowRsv1 }, (frame) => this.#onFrame(frame));
    this.#assembler = new MessageAssembler(this.#makeHandler(), options);
    if (options.head?.length) socket.unshift(options.head);
    Object.assign(socket, { [connectionOf]: this });
    for (const [event, listener] of Connection.#listeners) socket.on(event, listener);
    socket.resume();
    // #endregion
  }

  /** `ReadyState.Open`, `Closing` or `Closed`: the handshake is over before a connection exists. */
  get readyState(): 1 | 2 | 3 {
    // #region solution: the state you keep
    return this.#state;
    // #endregion
  }

  /** Bytes given to this connection and not yet to the operating system, frame headers included. */
  get bufferedAmount(): number {
    // #region solution: your queue's bytes and the socket's
    return this.#queue.length + this.#socket.writableLength;
    // #endregion
  }

  /**
   * Sends a message: a string as text, bytes as binary. When the connection is not open nothing is thrown;
   * the callback gets an Error. Leave `data` unchanged until the callback: a large message is not copied.
   */
  send(data: string | Uint8Array, callback?: SendCallback): void {
    // #region solution: choose the opcode and queue the frame; masked by a client only (RFC 6455 §5.1, §6.1)
    if (typeof data === 'string') this.#queueFrame(Opcode.Text, Buffer.from(data), callback);
    else this.#queueFrame(Opcode.Binary, data, callback);
    // #endregion
  }

  /**
   * Sends a frame that is encoded already: a broadcast is encoded once and sent to many.
   *
   * @throws Error on a client: each of its frames needs a masking key of its own (RFC 6455 §5.3).
   */
  sendFrame(bytes: Buffer, callback?: SendCallback): void {
    // #region solution: refuse it on a client; otherwise queue the bytes as they are
    if (this.#role === 'client') throw new Error('a client cannot send a frame that is encoded already');
    if (this.#refuses(callback)) return;
    this.#queueBytes(bytes, callback);
    // #endregion
  }

  /**
   * Sends a ping; the peer's `pong` carries the same payload (RFC 6455 §5.5.2).
   *
   * @throws RangeError for a payload over 125 bytes (§5.5).
   */
  ping(payload: Uint8Array = Buffer.alloc(0)): void {
    // #region solution: check the length, then queue the frame
    this.#queueFrame(Opcode.Ping, controlPayload(payload));
    // #endregion
  }

  /**
   * Sends a pong nobody asked for; pings are answered without it (RFC 6455 §5.5.3).
   *
   * @throws RangeError for a payload over 125 bytes (§5.5).
   */
  pong(payload: Uint8Array = Buffer.alloc(0)): void {
    // #region solution: as ping
    this.#queueFrame(Opcode.Pong, controlPayload(payload));
    // #endregion
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2): what was sent before leaves first. Without effect when
   * closing already.
   *
   * @throws RangeError as `encodeClosePayload` does, for a code that may not travel or a long reason.
   */
  close(code?: number, reason?: string): void {
    // #region solution: queue the Close frame, and give the other side closeTimeoutMs to do its part (§7.1.1)
    const payload = encodeClosePayload(code, reason);
    if (this.#state === ReadyState.Open) this.#sendClose(payload);
    // #endregion
  }

  /** Ends TCP at once, with no closing handshake: for a peer that does not answer. */
  terminate(): void {
    // #region solution: destroy the socket; 'close' follows with 1006
    if (this.#state === ReadyState.Closed) return;
    this.#state = ReadyState.Closing;
    this.#socket.destroy();
    // #endregion
  }

  /** Stops events and reading, so that TCP slows the peer down. */
  pause(): void {
    // #region solution: stop reading the socket, and keep the frames of the chunk at hand
    if (this.#deaf) return;
    this.#paused = true;
    this.#socket.pause();
    // #endregion
  }

  /** Goes on after `pause`. */
  resume(): void {
    // #region solution: first the frames you kept, then the socket
    this.#paused = false;
    this.#release();
    // #endregion
  }

  // #region solution: what the socket and the assembler tell a connection
  // #region shared
  /** What a socket tells its connection. One list for all: closures of its own would be much of what one costs that rests. */
  static readonly #listeners = Object.entries({
    data(this: ConnectedSocket, chunk: Buffer) {
      this[connectionOf].#onData(chunk);
    },
    drain(this: ConnectedSocket) {
      this[connectionOf].#onDrain();
    },
    end(this: ConnectedSocket) {
      this[connectionOf].#onEnd();
    },
    error(this: ConnectedSocket, error: Error) {
      this[connectionOf].#onSocketError(error);
    },
    close(this: ConnectedSocket) {
      this[connectionOf].#onSocketClose();
    },
  });

  /** What the assembler tells, as functions that need no `this`: it may pass them on. Bound ones weigh least. */
  #makeHandler(): MessageHandler {
    return {
      onMessage: this.#onMessage.bind(this),
      onPing: this.#onPing.bind(this),
      onPong: this.#onPong.bind(this),
      onClose: this.#onClose.bind(this),
    };
  }
  // #endregion shared
  // #endregion

  // #region solution: reading: bytes to the parser, frames through the extension, if there is one, to the assembler, unless they must wait
  #onData(chunk: Buffer): void {
    if (!this.#deaf) this.#guard(() => this.#parser.push(chunk));
  }

  #onFrame(frame: Frame): void {
    if (this.#deaf) return;
    if (this.#mustHold(frame)) {
      this.#hold(frame);
      return;
    }
    const received = this.extension ? this.extension.receive(frame) : frame;
    if (received) this.#assembler.push(received);
  }

  #mustHold(frame: Frame): boolean {
    if (this.#paused || this.#held) return true;
    return this.#state === ReadyState.Open && isData(frame) && this.listenerCount('message') === 0;
  }

  /** Keeps what was read for later. What follows is the rest of one chunk at most: the socket is paused. */
  #hold(item: Frame | ProtocolError): void {
    if (!this.#held) {
      this.#held = [];
      (this as EventEmitter).on('newListener', this.#onNewListener);
    }
    this.#held.push(item);
    this.#socket.pause();
  }

  /** Takes up what was held, until something must wait again, then reads on. */
  #release(): void {
    const held = this.#takeHeld();
    this.#guard(() => {
      for (const item of held) {
        if (item instanceof ProtocolError) throw item;
        this.#onFrame(item);
      }
    });
    if (!this.#paused && !this.#held) this.#socket.resume();
  }

  #takeHeld(): (Frame | ProtocolError)[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    (this as EventEmitter).off('newListener', this.#onNewListener);
    return held;
  }

  /** Runs what takes input; fails the connection when the peer broke a rule, or when a listener throws. */
  #guard(takeInput: () => void): void {
    try {
      takeInput();
    } catch (error) {
      if (!(error instanceof ProtocolError)) {
        this.#fail(1011);
        throw error;
      }
      // After a Close in the same chunk the rest is dropped, whatever rule it breaks.
      if (this.#deaf) return;
      if (this.#held) {
        // The frames before the error come first.
        this.#hold(error);
      } else {
        this.#report(error);
        this.#fail(error.closeCode);
      }
    }
  }

  /** The listener is added right after this event, so what was held is taken up a moment later. */
  #onNewListener(event: string | symbol): void {
    if (event === 'message') process.nextTick(() => this.#paused || this.#release());
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.emit('message', data, isBinary);
  }

  #onPong(payload: Buffer): void {
    this.emit('pong', payload);
  }

  // #region on-ping
  #onPing(payload: Buffer): void {
    // A peer that pings and does not read gets one pong for all its pings (§5.5.3), and costs no memory.
    if (this.#congested) this.#unansweredPing = payload;
    else this.#queueEncoded(Opcode.Pong, payload);
    this.emit('ping', payload);
  }
  // #endregion on-ping
  // #endregion

  // #region solution: writing: queue frames, through the extension if there is one, and write all of one turn at once; stop while the socket is full
  // #region waiting
  /** Connections with frames to write. One list and one callback for all: a broadcast touches many. */
  static #waiting: Connection[] = [];

  static #flushWaiting(): void {
    const waiting = Connection.#waiting;
    Connection.#waiting = [];
    const join = joinOnce();
    for (const connection of waiting) connection.#flush(join);
  }
  // #endregion waiting

  #queueFrame(opcode: number, payload: Uint8Array, callback?: SendCallback): void {
    if (!this.#refuses(callback)) this.#queueEncoded(opcode, payload, callback);
  }

  #refuses(callback?: SendCallback): boolean {
    if (this.#state === ReadyState.Open) return false;
    if (callback) process.nextTick(callback, new Error('The connection is not open'));
    return true;
  }

  #queueEncoded(opcode: number, payload: Uint8Array, callback?: SendCallback): void {
    const frame = this.extension?.send({ opcode, payload }) ?? { opcode, payload };
    if (this.#role === 'client') {
      this.#queueBytes(encodeFrame({ ...frame, maskingKey: this.#maskingKey() }), callback);
    } else if (frame.payload.length < largePayload) {
      this.#queueBytes(encodeFrame(frame), callback);
    } else {
      this.#queueBytes(encodeHeader(frame));
      this.#queueBytes(frame.payload, callback);
    }
  }

  // #region queue-bytes
  #queueBytes(bytes: Uint8Array, callback?: SendCallback): void {
    this.#queue.push(bytes, callback);
    if (this.#congested || this.#flushSoon) return;
    this.#flushSoon = true;
    if (Connection.#waiting.push(this) === 1) setImmediate(Connection.#flushWaiting);
  }

  #flush(join = joinOnce()): void {
    this.#flushSoon = false;
    this.#queue.writeTo(this.#socket, join);
    this.#congested = this.#socket.writableNeedDrain;
  }
  // #endregion queue-bytes

  #onDrain(): void {
    if (this.#unansweredPing) {
      this.#queueEncoded(Opcode.Pong, this.#unansweredPing);
      this.#unansweredPing = undefined;
    }
    this.#flush();
    if (!this.#congested) this.emit('drain');
  }
  // #endregion

  // #region solution: closing: both Close frames, then TCP, the server first (§7.1.1); and the ways it goes wrong
  // #region closing
  #onClose(code: number, reason: string): void {
    this.#closeCode = code;
    this.#closeReason = reason;
    this.#ignoreInput();
    if (!this.#closeSent) this.#sendClose(encodeClosePayload(code === 1005 ? undefined : code));
    if (this.#role === 'server') this.#endSocket();
  }

  #sendClose(payload: Buffer): void {
    this.#state = ReadyState.Closing;
    this.#closeSent = true;
    this.#queueEncoded(Opcode.Close, payload);
    this.#startCloseTimer();
    // Messages that waited for a listener wait no more: the peer's Close comes after them.
    if (this.#held && !this.#paused) this.#release();
  }

  /** Fails the connection: a Close frame with the code, then the end of TCP, whatever the role (§7.1.7). */
  #fail(code: number): void {
    this.#ignoreInput();
    if (!this.#closeSent) this.#sendClose(encodeClosePayload(code));
    this.#endSocket();
  }

  /** The peer ended TCP: after both Close frames that is the end, before them an abrupt one. */
  #onEnd(): void {
    this.#state = ReadyState.Closing;
    this.#ignoreInput();
    this.#endSocket();
  }

  /** Reads on and drops it: unread bytes would turn our FIN into a reset, and lose the Close frame before it. */
  #ignoreInput(): void {
    this.#deaf = true;
    this.#takeHeld();
    this.#unansweredPing = undefined;
    this.#socket.resume();
  }

  #endSocket(): void {
    this.#queue.writeTo(this.#socket, joinOnce(), true);
    this.#socket.end();
    this.#startCloseTimer();
  }
  // #endregion closing

  #startCloseTimer(): void {
    this.#closeTimer ??= setTimeout(() => this.#socket.destroy(), this.#closeTimeoutMs);
  }

  #onSocketClose(): void {
    this.#state = ReadyState.Closed;
    this.#deaf = true;
    clearTimeout(this.#closeTimer);
    this.#queue.drop(new Error('The connection closed before this was sent'));
    this.emit('close', this.#closeCode, Buffer.from(this.#closeReason));
  }

  #onSocketError(error: Error): void {
    if (!this.#deaf) this.#report(error);
  }

  /** An `error` event without a listener would end the process: one bad peer must not. */
  #report(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
  // #endregion
}

// #region solution: what the connection is made of: a queue that joins small writes, masking keys from a pool, constants
/** Where a socket keeps its connection. */
const connectionOf = Symbol('connection');
type ConnectedSocket = Duplex & { [connectionOf]: Connection };

/** From here on a payload is written beside its header: copying it would cost more than a second buffer. */
const largePayload = 16 * 1024;
/** Small frames are joined up to about this many bytes. */
const joinedLength = 64 * 1024;

/** Frames that wait to be written, small ones joined: a write costs far more than a copy of a few bytes. */
class WriteQueue {
  /** How many bytes wait. */
  length = 0;
  #chunks: Uint8Array[] = [];
  /** `#callbacks[i]` is called when the chunks up to `#chunks[i]` are written. Most have none. */
  #callbacks: (SendCallback | undefined)[] | undefined;

  push(bytes: Uint8Array, callback: SendCallback | undefined): void {
    if (callback) {
      this.#callbacks ??= [];
      this.#callbacks[this.#chunks.length] = callback;
    }
    this.#chunks.push(bytes);
    this.length += bytes.length;
  }

  // #region write-to
  /** Writes until the queue is empty or, unless `force`, the socket is full: what stays can still be joined. */
  writeTo(socket: Duplex, join: Join, force = false): void {
    let written = 0;
    // One frame, as most often, would only take a way round.
    const corks = this.#chunks.length > 1;
    if (corks) socket.cork();
    while (written < this.#chunks.length && (force || !socket.writableNeedDrain)) {
      const end = this.#endOfRun(written);
      const run = this.#chunks.slice(written, end);
      const bytes = run.length === 1 ? run[0] : join(run);
      socket.write(bytes, callAll(this.#callbacks?.slice(written, end)));
      this.length -= bytes.length;
      written = end;
    }
    if (corks) socket.uncork();
    this.#chunks = this.#chunks.slice(written);
    this.#callbacks = this.#callbacks?.slice(written);
  }
  // #endregion write-to

  /** Forgets what waits, and says so to those who asked. */
  drop(error: Error): void {
    callAll(this.#callbacks)?.(error);
    this.#chunks = [];
    this.#callbacks = undefined;
    this.length = 0;
  }

  /** Where the run ends that starts at `start`: one large chunk, or small ones up to `joinedLength`. */
  #endOfRun(start: number): number {
    let length = 0;
    for (let at = start; at < this.#chunks.length; at++) {
      length += this.#chunks[at].length;
      if (this.#chunks[at].length >= largePayload || length > joinedLength) return Math.max(at, start + 1);
    }
    return this.#chunks.length;
  }
}

// #region join
type Join = (run: Uint8Array[]) => Uint8Array;

/** Joins runs of frames, and remembers the last: after broadcasts the next connection has the very same one. */
function joinOnce(): Join {
  let last: Uint8Array[] = [];
  let joined: Uint8Array;
  return (run) => {
    const isLast = run.length === last.length && run.every((chunk, index) => chunk === last[index]);
    if (!isLast) {
      last = run;
      joined = Buffer.concat(run);
    }
    return joined;
  };
}
// #endregion join

function callAll(callbacks: (SendCallback | undefined)[] = []): SendCallback | undefined {
  if (callbacks.every((callback) => callback === undefined)) return undefined;
  return (error) => {
    for (const callback of callbacks) callback?.(error);
  };
}

/** Random bytes for masking keys, drawn from the system many at a time and each used once. */
const keyPool = Buffer.alloc(8 * 1024);
let keysUsed = keyPool.length;

function randomKey(): Buffer {
  if (keysUsed === keyPool.length) {
    randomFillSync(keyPool);
    keysUsed = 0;
  }
  keysUsed += 4;
  return keyPool.subarray(keysUsed - 4, keysUsed);
}

function isData(frame: Frame): boolean {
  return frame.opcode < Opcode.Close;
}

function controlPayload(payload: Uint8Array): Uint8Array {
  if (payload.length > 125) throw new RangeError('a control frame carries at most 125 bytes');
  return payload;
}
// #endregion
