import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

export type EngineName = 'labs' | 'ws';

/** An open WebSocket, on the names that `ws` and lab 06 share. */
export interface WebSocketConnection {
  /** Bytes given to send that the operating system has not taken yet. */
  readonly bufferedAmount: number;
  ping(): void;
  /** Starts the closing handshake (RFC 6455 §7.1.2). */
  close(code: number, reason: string): void;
  /** Cuts the socket: the other side sees 1006. */
  terminate(): void;
  /** Stops reading, so that TCP slows the other side down. */
  pause(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  /** The code of RFC 6455 §7.1.5: 1005 and 1006 among them. */
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'ping' | 'pong' | 'error', listener: () => void): unknown;
}

/** Sends a text message that the engine has encoded; does nothing on a connection that is closing. */
export type SendEncoded = (encoded: Buffer) => void;

/** Told of a WebSocket that is open. */
export type OnOpen = (connection: WebSocketConnection, send: SendEncoded) => void;

export interface EngineOptions {
  /** Whether clients that offer compression get it. Default: false. */
  compression?: boolean;
}

/**
 * What the chat agrees to of compression, on either engine: each message by itself, so that no connection
 * keeps a window, and a broadcast can be compressed once. `threshold` is in bytes.
 */
export const chatCompression = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  threshold: 1024,
} as const;

/** What turns an upgrade request into a WebSocket: labs 01–08, or the `ws` package. */
export interface Engine {
  readonly name: EngineName;
  /** Answers the upgrade; `onOpen` runs if it was a good one, else the socket is answered and ended. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, onOpen: OnOpen): void;
  /** As `accept`, for an extended CONNECT over HTTP/2 (RFC 8441); missing where the engine cannot. */
  acceptStream?(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, onOpen: OnOpen): void;
  /** Makes a text message ready for `SendEncoded`, once for any number of connections. */
  encode(text: string): Buffer;
}

/** Loads only the engine that is asked for: `ws` runs the chat even when a lab's file cannot be read. */
export async function loadEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return name === 'labs'
    ? (await import('./engine-labs.ts')).labsEngine(options)
    : (await import('./engine-ws.ts')).wsEngine(options);
}
