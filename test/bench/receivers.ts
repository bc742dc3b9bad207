// Receivers in a process of their own: raw sockets that upgrade and then only count what comes, so that they are
// never what limits.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface ReceiversRequest {
  port: number;
  connections: number;
  /** Bytes that each receiver gets of one burst. */
  burstLength: number;
}

/** Said after the handshakes, and again when every receiver has all of a burst. */
export interface ReceiversReport {
  /** Bytes of the one that has got fewest and of the one that has got most, since the handshakes. */
  fewest: number;
  most: number;
}

const received: number[] = [];
let missing = 0;

process.on('message', async ({ port, connections, burstLength }: ReceiversRequest) => {
  missing = connections * burstLength;
  const onBytes = (length: number) => {
    missing -= length;
    if (missing > 0) return;
    missing = connections * burstLength;
    report();
  };
  while (received.length < connections) count(await open(port), onBytes);
  report();
});
process.on('disconnect', () => process.exit());

function report(): void {
  const [fewest, most] = [Math.min(...received), Math.max(...received)];
  process.send?.({ fewest, most } satisfies ReceiversReport);
}

function count(socket: Socket, onBytes: (length: number) => void): void {
  const index = received.push(0) - 1;
  socket.on('data', (chunk: Buffer) => {
    received[index] += chunk.length;
    onBytes(chunk.length);
  });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}
