import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { acceptKey } from '#labs/01-handshake';
import { Connection } from '#labs/06-connection';
import { TestSocket } from '../support/test-socket.ts';
import { limits, type Role, tellControl, tellMessage } from './streams.ts';
import { readWithWs } from './ws.ts';

/** What came of a whole connection that was given a stream, and then the end of TCP. */
export interface Conversation {
  /** The messages, pings and pongs that the application heard, in order. */
  told: string[];
  /** What its close event said: code and reason. */
  closed: string;
  /** How many errors it was told of: one when it failed the connection. */
  errors: number;
  /** What the peer heard, as `ws` reads it. */
  answered: string[];
}

/** A WebSocket of either library, as far as both are the same. */
type End = Connection | WebSocket;

/** What an application does while the stream comes, before the chunk of that number. */
export type Act = (end: Connection, chunk: number) => void;

/** Gives the chunks to the connection of lab 06. `act` may pause and resume it. */
export async function converse(role: Role, chunks: readonly Buffer[], act?: Act): Promise<Conversation> {
  const socket = new TestSocket();
  const connection = new Connection(socket, { role, ...limits });
  return await listen(role, connection, socket, chunks, 0, (chunk) => act?.(connection, chunk));
}

/** Gives the chunks to a WebSocket of `ws`. */
export async function converseWithWs(role: Role, chunks: readonly Buffer[]): Promise<Conversation> {
  const socket = new TestSocket();
  const end = role === 'server' ? upgradeWithWs(socket) : await connectWithWs(socket);
  return await listen(role, end, socket, chunks, socket.written.length);
}

async function listen(
  role: Role,
  end: End,
  socket: TestSocket,
  chunks: readonly Buffer[],
  answersFrom: number,
  beforeChunk: (chunk: number) => void = () => {},
): Promise<Conversation> {
  const told: string[] = [];
  let errors = 0;
  const emitter = end as Connection;
  emitter.on('message', (data, isBinary) => told.push(tellMessage(data, isBinary)));
  emitter.on('ping', (payload) => told.push(tellControl(9, payload)));
  emitter.on('pong', (payload) => told.push(tellControl(10, payload)));
  emitter.on('error', () => errors++);
  // Not `once` of node:events: that would take the error for the end.
  const closed = new Promise<string>((resolve) => {
    emitter.on('close', (code, reason) => resolve(`${code} ${reason}`));
  });
  for (const [index, chunk] of chunks.entries()) {
    beforeChunk(index);
    if (socket.destroyed) break;
    socket.receive(chunk);
    await nextTurn();
  }
  beforeChunk(chunks.length);
  if (!socket.destroyed) socket.receiveEnd();
  await closed;
  const peer = role === 'server' ? 'client' : 'server';
  const answered = await readWithWs(peer, [Buffer.from(socket.written.subarray(answersFrom))]);
  if (answered.fails) throw new Error(`The answers break a rule: ${answered.why}`);
  return { told, closed: await closed, errors, answered: answered.told };
}

function upgradeWithWs(socket: TestSocket): WebSocket {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageLength,
    maxFragments: limits.maxFragments,
  });
  const headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  let accepted: WebSocket | undefined;
  const request = { method: 'GET', headers } as IncomingMessage;
  server.handleUpgrade(request, socket, Buffer.alloc(0), (end) => {
    accepted = end;
  });
  if (!accepted) throw new Error('ws did not accept the upgrade');
  return accepted;
}

async function connectWithWs(socket: TestSocket): Promise<WebSocket> {
  const end = new WebSocket('ws://localhost/', {
    createConnection: () => socket as never,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageLength,
    maxFragments: limits.maxFragments,
  });
  const opened = once(end, 'open');
  while (!socket.written.includes('\r\n\r\n')) await nextTurn();
  const [, key = ''] = /Sec-WebSocket-Key: (.*)\r\n/i.exec(socket.written.toString()) ?? [];
  socket.receive(
    Buffer.from(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
    ),
  );
  await opened;
  return end;
}
