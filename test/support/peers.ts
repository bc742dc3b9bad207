import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** The parser of `ws`. It emits `message(data, isBinary)`; the package exports it, its types leave it out. */
export interface WsReceiver extends Writable {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: 'ping' | 'pong', listener: (data: Buffer) => void): this;
  on(event: 'conclude', listener: (code: number, reason: Buffer) => void): this;
  on(event: string, listener: (...args: never[]) => void): this;
}

export interface WsReceiverOptions {
  isServer: boolean;
  skipUTF8Validation?: boolean;
  /** Bytes in one message, and so in one frame. Default: 0, no limit. */
  maxPayload?: number;
  /** Frames in one message. Default: 0, no limit. */
  maxFragments?: number;
  /** What was negotiated, by name. */
  extensions?: Record<string, WsDeflate>;
}

export type WsDeflateCallback = (error: Error | null, result?: Buffer) => void;

/** permessage-deflate of `ws`: one connection's two zlib streams. */
export interface WsDeflate {
  /** What was agreed on, as `accept` leaves it. */
  params: Record<string, number | true>;
  /** The zlib stream that inflates; null before the first message, and after the last block of a stream. */
  readonly _inflate: object | null;
  compress(data: Buffer, fin: boolean, callback: WsDeflateCallback): void;
  decompress(data: Buffer, fin: boolean, callback: WsDeflateCallback): void;
  cleanup(): void;
}

interface WsDeflateClass {
  new (options: { isServer: boolean; maxPayload?: number }): WsDeflate;
  readonly extensionName: string;
}

export interface WsFrameOptions {
  fin: boolean;
  opcode: number;
  rsv1: boolean;
  /** Whether to mask; the key comes from `generateMask`, or is random. */
  mask: boolean;
  generateMask?: (key: Buffer) => void;
  /** True: the payload belongs to the caller, mask a copy. */
  readOnly: boolean;
}

export const { PerMessageDeflate, Receiver, Sender } = ws as unknown as {
  PerMessageDeflate: WsDeflateClass;
  Receiver: new (options: WsReceiverOptions) => WsReceiver;
  Sender: { frame(payload: Buffer, options: WsFrameOptions): Buffer[] };
};

/** `websocket-driver`, which has no types: one connection's protocol, bytes in and bytes out. */
export interface Driver extends EventEmitter {
  io: NodeJS.ReadWriteStream;
  messages: NodeJS.ReadWriteStream;
  parse(chunk: Buffer): void;
  binary(payload: Buffer): boolean;
  start(): boolean;
}

interface DriverModule {
  server(options: { requireMasking: boolean; maxLength: number }): Driver;
}

/** A driver on the server's side of a connection, its handshake done. */
export function openDriver(): Driver {
  const { server } = createRequire(import.meta.url)('websocket-driver') as DriverModule;
  const driver = server({ requireMasking: false, maxLength: 2 ** 26 });
  driver.on('connect', () => driver.start());
  driver.parse(
    Buffer.from(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    ),
  );
  return driver;
}
