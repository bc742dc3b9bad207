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
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: the state: socket, role, parser (lab 04), assembler (lab 05), what waits to be written, how far closing has come

  constructor(socket: Duplex, options: ConnectionOptions) {
    super();
    // TODO: keep the options, wire the socket's events to your methods, put `head` in front of the stream
    throw new Unfinished('06-connection: constructor');
  }

  /** `ReadyState.Open`, `Closing` or `Closed`: the handshake is over before a connection exists. */
  get readyState(): 1 | 2 | 3 {
    // TODO: the state you keep
    throw new Unfinished('06-connection: readyState');
  }

  /** Bytes given to this connection and not yet to the operating system, frame headers included. */
  get bufferedAmount(): number {
    // TODO: your queue's bytes and the socket's
    throw new Unfinished('06-connection: bufferedAmount');
  }

  /**
   * Sends a message: a string as text, bytes as binary. When the connection is not open nothing is thrown;
   * the callback gets an Error. Leave `data` unchanged until the callback: a large message is not copied.
   */
  send(data: string | Uint8Array, callback?: SendCallback): void {
    // TODO: choose the opcode and queue the frame; masked by a client only (RFC 6455 §5.1, §6.1)
    throw new Unfinished('06-connection: send');
  }

  /**
   * Sends a frame that is encoded already: a broadcast is encoded once and sent to many.
   *
   * @throws Error on a client: each of its frames needs a masking key of its own (RFC 6455 §5.3).
   */
  sendFrame(bytes: Buffer, callback?: SendCallback): void {
    // TODO: refuse it on a client; otherwise queue the bytes as they are
    throw new Unfinished('06-connection: sendFrame');
  }

  /**
   * Sends a ping; the peer's `pong` carries the same payload (RFC 6455 §5.5.2).
   *
   * @throws RangeError for a payload over 125 bytes (§5.5).
   */
  ping(payload: Uint8Array = Buffer.alloc(0)): void {
    // TODO: check the length, then queue the frame
    throw new Unfinished('06-connection: ping');
  }

  /**
   * Sends a pong nobody asked for; pings are answered without it (RFC 6455 §5.5.3).
   *
   * @throws RangeError for a payload over 125 bytes (§5.5).
   */
  pong(payload: Uint8Array = Buffer.alloc(0)): void {
    // TODO: as ping
    throw new Unfinished('06-connection: pong');
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2): what was sent before leaves first. Without effect when
   * closing already.
   *
   * @throws RangeError as `encodeClosePayload` does, for a code that may not travel or a long reason.
   */
  close(code?: number, reason?: string): void {
    // TODO: queue the Close frame, and give the other side closeTimeoutMs to do its part (§7.1.1)
    throw new Unfinished('06-connection: close');
  }

  /** Ends TCP at once, with no closing handshake: for a peer that does not answer. */
  terminate(): void {
    // TODO: destroy the socket; 'close' follows with 1006
    throw new Unfinished('06-connection: terminate');
  }

  /** Stops events and reading, so that TCP slows the peer down. */
  pause(): void {
    // TODO: stop reading the socket, and keep the frames of the chunk at hand
    throw new Unfinished('06-connection: pause');
  }

  /** Goes on after `pause`. */
  resume(): void {
    // TODO: first the frames you kept, then the socket
    throw new Unfinished('06-connection: resume');
  }

  // TODO: what the socket and the assembler tell a connection

  // TODO: reading: bytes to the parser, frames through the extension, if there is one, to the assembler, unless they must wait

  // TODO: writing: queue frames, through the extension if there is one, and write all of one turn at once; stop while the socket is full

  // TODO: closing: both Close frames, then TCP, the server first (§7.1.1); and the ways it goes wrong
}

// TODO: what the connection is made of: a queue that joins small writes, masking keys from a pool, constants
