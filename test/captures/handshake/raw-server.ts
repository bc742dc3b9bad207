import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { acceptKey } from '../../../solutions/01-handshake.ts';

/** A TCP server that answers the next handshake with whatever `answer` writes. */
export interface RawServer {
  port: number;
  /** Called once the request is there; `accept` is the right one for its key. */
  answer: (socket: Socket, accept: string) => void;
  close(): void;
}

export async function startRawServer(): Promise<RawServer> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      const key = /^Sec-WebSocket-Key: (.+)\r$/m.exec(request.toString('latin1'))?.[1];
      raw.answer(socket, key ? acceptKey(key) : '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const raw: RawServer = {
    port: (server.address() as AddressInfo).port,
    answer: (socket) => socket.destroy(),
    close: () => server.close(),
  };
  return raw;
}

/** The head of a 101, with further header lines. */
export function switching(accept: string, ...fields: string[]): string {
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...fields,
    '',
    '',
  ].join('\r\n');
}
