import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What one TCP connection carried, both ways, byte for byte. */
export interface Exchange {
  sent: Buffer;
  received: Buffer;
}

/** A TCP relay that keeps what passes. `target` may change from one connection to the next. */
export interface Tap {
  port: number;
  target: number;
  exchanges: Exchange[];
  close(): void;
}

/** Starts a relay on a free port of 127.0.0.1. */
export async function startTap(): Promise<Tap> {
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const exchange: Exchange = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
    tap.exchanges.push(exchange);
    const upstream = connect(tap.target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      exchange.sent = Buffer.concat([exchange.sent, chunk]);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      exchange.received = Buffer.concat([exchange.received, chunk]);
      client.write(chunk);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tap: Tap = {
    port: (server.address() as AddressInfo).port,
    target: 0,
    exchanges: [],
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
  return tap;
}
