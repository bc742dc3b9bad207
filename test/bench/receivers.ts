// Receivers in a process of their own: raw sockets that upgrade and then only count what comes, so that they are
// never what limits.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame, Opcode } from '#labs/03-frames';

export interface ReceiversRequest {
  port: number;
  connections: number;
  /** Bytes that each receiver gets of one burst. */
  burstLength: number;
  /** Whether the server is Socket.IO, which has a handshake of its own after the one of WebSocket. */
  isSocketIo?: boolean;
}

/** Said after the handshakes, and again when every receiver has all of a burst. */
export interface ReceiversReport {
  /** Bytes of the one that has got fewest and of the one that has got most, since the handshakes. */
  fewest: number;
  most: number;
}

const received: number[] = [];
let missing = 0;

process.on('message', async ({ port, connections, burstLength, isSocketIo }: ReceiversRequest) => {
  missing = connections * burstLength;
  const onBytes = (length: number) => {
    missing -= length;
    if (missing > 0) return;
    missing = connections * burstLength;
    report();
  };
  let opened = received.length;
  const openSome = async () => {
    while (opened < connections) {
      opened++;
      const socket = await open(port, isSocketIo ? '/socket.io/?EIO=4&transport=websocket' : '/');
      if (isSocketIo) await joinNamespace(socket);
      count(socket, onBytes);
    }
  };
  await Promise.all(Array.from({ length: 20 }, openSome));
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

async function open(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

/** Engine.IO has sent its `0{…}` by itself. `40` asks for the main namespace; `40{"sid":…}` says that we are in. */
async function joinNamespace(socket: Socket): Promise<void> {
  const maskingKey = Buffer.from('37fa213d', 'hex');
  socket.write(encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('40'), maskingKey }));
  for (let text = ''; !/40\{"sid":"[^"]+"\}$/.test(text); ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
  }
}
