import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, Opcode } from '#labs/03-frames';
import type { ServerMessage } from '#labs/10-protocol';
import { Hub, type Member } from '#labs/11-hub';
import { acceptUpgrade } from '../../workbook/websocket.ts';
import { type Benchmark, cpuTime } from './benchmark.ts';
import type { ReceiversReport, ReceiversRequest } from './receivers.ts';

const receivers = 1_000;
/** Turns of one round; in each there are as many broadcasts as are in flight. */
const turns = 30;
const room = 'lobby';

/** 100 bytes of JSON. */
const message: ServerMessage = {
  type: 'direct',
  id: 'x',
  from: { id: 'a', name: 'b' },
  content: '13 characters',
  at: 1763800000000,
};
/** What each receiver gets of one broadcast: two bytes of header (RFC 6455 §5.2), and the message. */
const frameLength = 102;
/** Socket.IO writes around it: `42["message",` and `]`. */
const socketIoFrameLength = frameLength + '42["message",]'.length;

/** A server's side: takes connections, and says the message to all of them. */
interface Speaker {
  accept?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  broadcast(): void;
}

const columns: Record<string, (server: Server) => Speaker> = {
  /** Lab 11 on lab 06: the frame is encoded once. */
  'websocket-101': () => {
    const encode = (text: string) => encodeFrame({ opcode: Opcode.Text, payload: Buffer.from(text) });
    const hub = new Hub({ encode: (said) => encode(JSON.stringify(said)) });
    return {
      accept(request, socket, head) {
        const connection = acceptUpgrade(request, socket, head);
        if (!connection) return;
        enter(hub, (encoded) => connection.sendFrame(encoded), connection);
      },
      broadcast: () => hub.broadcast(room, message),
    };
  },
  /** Lab 11 on `ws`, as `--engine ws`. */
  'hub on ws': () => {
    const server = new WebSocketServer({ noServer: true, clientTracking: false });
    const hub = new Hub({ encode: (said) => Buffer.from(JSON.stringify(said)) });
    return {
      accept: (request, socket, head) =>
        server.handleUpgrade(request, socket, head, (webSocket) => {
          enter(hub, (encoded) => webSocket.send(encoded, { binary: false }), webSocket);
        }),
      broadcast: () => hub.broadcast(room, message),
    };
  },
  /** As in most tutorials. */
  'ws loop': () => {
    const server = new WebSocketServer({ noServer: true });
    return {
      accept: (request, socket, head) =>
        server.handleUpgrade(request, socket, head, (webSocket) => {
          server.emit('connection', webSocket, request);
        }),
      broadcast() {
        const text = JSON.stringify(message);
        for (const client of server.clients) {
          if (client.readyState === WebSocket.OPEN) client.send(text);
        }
      },
    };
  },
  /** Without heartbeat, as the others. */
  'Socket.IO': (server) => {
    const io = new SocketIoServer(server, {
      transports: ['websocket'],
      serveClient: false,
      pingInterval: 3_600_000,
    });
    io.on('connection', (socket) => socket.join(room));
    return { broadcast: () => io.to(room).emit('message', message) };
  },
  /** The least that it can cost to write once a message: bytes that are ready, and no WebSocket. */
  'bare socket': () => {
    const sockets: Duplex[] = [];
    const bytes = Buffer.alloc(frameLength, 'x');
    return {
      accept(_request, socket) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        sockets.push(socket);
      },
      broadcast() {
        for (const socket of sockets) socket.write(bytes);
      },
    };
  },
};

const kinds = ['CPU of the server', 'time'];
const inFlights = [1, 8];

export const fanOut: Benchmark = {
  name: 'fan-out',
  about: `a message of 100 bytes to ${receivers.toLocaleString('en')} receivers in another process; 8 in flight: as many broadcasts in one turn`,
  unit: 'ns a delivery',
  subject: 'websocket-101',
  cells: inFlights.flatMap((inFlight) =>
    kinds.flatMap((kind) =>
      Object.keys(columns).map((column) => ({ row: `${inFlight} in flight, ${kind}`, column })),
    ),
  ),
  rounds: 5,
  async *measure({ row, column }) {
    const [inFlightText, kind] = row.split(' in flight, ');
    const inFlight = Number(inFlightText);
    const server = createServer();
    const { accept, broadcast } = columns[column](server);
    if (accept) server.on('upgrade', accept);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const load = fork(join(import.meta.dirname, 'receivers.ts'));
    const isSocketIo = column === 'Socket.IO';
    const burstLength = inFlight * (isSocketIo ? socketIoFrameLength : frameLength);
    load.send({ port, connections: receivers, burstLength, isSocketIo } satisfies ReceiversRequest);
    await once(load, 'message');

    const now = kind === 'time' ? () => performance.now() * 1e6 : cpuTime;
    let expected = 0;
    for (let round = 0; ; round++) {
      const start = now();
      for (let turn = 0; turn < turns; turn++) {
        for (let count = 0; count < inFlight; count++) broadcast();
        const [{ fewest, most }] = (await once(load, 'message')) as [ReceiversReport];
        expected += burstLength;
        if (fewest !== expected || most !== expected)
          throw new Error(`receivers have ${fewest} to ${most} bytes, not ${expected}`);
      }
      // The first is for warming up.
      if (round > 0) yield (now() - start) / (turns * inFlight * receivers);
    }
  },
};

/** All are one user: nobody is told of another's arrival. */
const user = { id: 'a', name: 'a receiver' };

function enter(
  hub: Hub,
  send: (encoded: Buffer) => void,
  connection: { readonly bufferedAmount: number; close(code: number, reason: string): void },
): void {
  const member: Member = {
    user,
    get bufferedAmount() {
      return connection.bufferedAmount;
    },
    send,
    close: (code, reason) => connection.close(code, reason),
  };
  hub.connect(member);
  hub.join(member, room);
}
