import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Cut } from './peer.ts';

/** The head of an HTTP message as it came, and the bytes that came behind it. */
export interface Head {
  /** `GET /chat HTTP/1.1`, or `HTTP/1.1 101 Switching Protocols`. */
  startLine: string;
  /** Names in lower case; the values of lines with the same name are joined by `, ` (RFC 9110 §5.3). */
  headers: Map<string, string>;
  rest: Buffer;
}

/** A fresh Sec-WebSocket-Key (RFC 6455 §4.1). */
export const freshKey = () => randomBytes(16).toString('base64');

/** What answers a key (RFC 6455 §4.2.2). */
export const acceptFor = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** The head of a message, from its lines. */
export const headBytes = (lines: readonly string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

/** A connection to the subject. Half of it may end before the other: who ends TCP first is part of the cases. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  // What goes wrong later shows as the end of what can be read.
  socket.on('error', () => {});
  return socket;
}

/** Reads the head of the next HTTP message; undefined when TCP ends, or nothing comes for `timeoutMs`. */
export async function readHead(socket: Socket, timeoutMs: number): Promise<Head | undefined> {
  let bytes = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) return parseHead(bytes.subarray(0, end).toString('latin1'), bytes.subarray(end + 4));
      const chunk = await Promise.race([nextChunk(socket), silence]);
      if (!chunk) return undefined;
      bytes = Buffer.concat([bytes, chunk]);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The next bytes; undefined once TCP has ended. The socket is left paused. */
async function nextChunk(socket: Socket): Promise<Buffer | undefined> {
  for (;;) {
    const chunk: Buffer | null = socket.read();
    if (chunk) return chunk;
    if (socket.readableEnded || socket.destroyed) return undefined;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of events) socket.off(event, done);
        resolve();
      };
      const events = ['readable', 'end', 'close'] as const;
      for (const event of events) socket.once(event, done);
    });
  }
}

function parseHead(text: string, rest: Buffer): Head {
  const [startLine, ...lines] = text.split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return { startLine, headers, rest };
}

/** What is wrong with a server's 101 (RFC 6455 §4.1); undefined when nothing is. */
export function wrongWithAnswer({ startLine, headers }: Head, key: string): string | undefined {
  if (!startLine.startsWith('HTTP/1.1 101')) return `the answer was ${startLine}`;
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'the answer lacks Upgrade: websocket';
  if (!tokens(headers.get('connection')).includes('upgrade')) return 'the answer lacks Connection: Upgrade';
  if (headers.get('sec-websocket-accept') !== acceptFor(key)) return 'Sec-WebSocket-Accept is wrong';
  return undefined;
}

/** What is wrong with a client's request (RFC 6455 §4.1); undefined when nothing is. */
export function wrongWithRequest({ startLine, headers }: Head): string | undefined {
  const key = headers.get('sec-websocket-key') ?? '';
  if (!/^GET \/\S* HTTP\/1\.1$/.test(startLine)) return `the request line was ${startLine}`;
  if (!headers.get('host')) return 'the request lacks Host';
  if (!tokens(headers.get('upgrade')).includes('websocket')) return 'the request lacks Upgrade: websocket';
  if (!tokens(headers.get('connection')).includes('upgrade')) return 'the request lacks Connection: Upgrade';
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) return `the key "${key}" is not 16 bytes in base64`;
  if (headers.get('sec-websocket-version') !== '13') return 'Sec-WebSocket-Version is not 13';
  return undefined;
}

function tokens(value = ''): string[] {
  return value.split(',').map((token) => token.trim().toLowerCase());
}

/** Writes a head cut as a case wants it. */
export async function writeHead(socket: Socket, bytes: Buffer, cut: Cut = 'whole'): Promise<void> {
  const size = typeof cut === 'number' ? cut : bytes.length;
  socket.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise<void>((resolve) => {
      socket.write(bytes.subarray(at, at + size), () => setImmediate(resolve));
    });
  }
}
