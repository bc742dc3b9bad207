// The load of the echo benchmark, in a process of its own: raw bytes in bulk, the same for every server. It
// only counts what comes back, so that it is never what limits.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame, Opcode } from '#labs/03-frames';

export interface LoadRequest {
  port: number;
  connections: number;
  /** Messages in all. */
  messages: number;
  /** Messages sent on a connection before their echoes are awaited. */
  inFlight: number;
  payloadLength: number;
  /** False when the server sends back the masked frames themselves. */
  unmasks: boolean;
}

export interface LoadReport {
  messages: number;
}

const sockets: Socket[] = [];

process.on('message', async (request: LoadRequest) => {
  while (sockets.length < request.connections) sockets.push(await open(request.port));
  const rounds = Math.ceil(request.messages / request.connections / request.inFlight);
  await Promise.all(sockets.map((socket) => pingPong(socket, request, rounds)));
  process.send?.({ messages: rounds * request.connections * request.inFlight } satisfies LoadReport);
});
process.on('disconnect', () => process.exit());

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

/** Sends a burst, waits for as many bytes as its echo has, and again. */
function pingPong(socket: Socket, request: LoadRequest, rounds: number): Promise<void> {
  const payload = Buffer.alloc(request.payloadLength, 'x');
  const sent = encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: Buffer.from('37fa213d', 'hex') });
  const burst = Buffer.concat(Array.from({ length: request.inFlight }, () => sent));
  const echoLength = burst.length - (request.unmasks ? 4 * request.inFlight : 0);
  return new Promise((resolve) => {
    let missing = echoLength;
    const onData = (chunk: Buffer) => {
      missing -= chunk.length;
      if (missing > 0) return;
      missing = echoLength;
      if (--rounds > 0) socket.write(burst);
      else resolve(void socket.off('data', onData));
    };
    socket.on('data', onData);
    socket.write(burst);
  });
}
