import { STATUS_CODES } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** Why a request does not become a WebSocket. */
export interface Refused {
  status: number;
  /** For a person. */
  reason: string;
}

/** How long a client that was refused has to read why, in ms. */
const refusalTimeoutMs = 2_000;

/** Answers and ends TCP; reads on meanwhile, for unread bytes would reset it and lose the answer. */
export function endWith(socket: Duplex, { status, reason }: Refused): void {
  const body = bodyOf(reason);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Connection: close\r\n' +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.resume();
  setTimeout(() => socket.destroy(), refusalTimeoutMs).unref();
}

/** Answers and ends the stream; the others of its connection go on. */
export function endStreamWith(stream: ServerHttp2Stream, { status, reason }: Refused): void {
  // The client may reset it before it has read why.
  stream.on('error', () => {});
  stream.respond({ ':status': status, 'content-type': 'application/json; charset=utf-8' });
  stream.end(bodyOf(reason));
}

function bodyOf(reason: string): string {
  return `${JSON.stringify({ error: reason })}\n`;
}
