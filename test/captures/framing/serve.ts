import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '#labs/06-connection';
import { type AcceptOptions, acceptUpgrade } from '../../../workbook/websocket.ts';

export interface Server {
  port: number;
  close(): void;
}

/** The solutions of the labs on a free port: a page for the browser, a connection for each upgrade. */
export async function serve(
  onConnection: (connection: Connection) => void,
  options: AcceptOptions = {},
): Promise<Server> {
  const server = createServer((_request, response) => response.end('<!doctype html>'));
  server.on('upgrade', (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head, options);
    if (connection) onConnection(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Gives every message back, as the kind it came. */
export function echo(connection: Connection): void {
  connection.on('message', (data, isBinary) => connection.send(isBinary ? data : data.toString()));
}

/** Reads messages and does nothing with them. */
export function silent(connection: Connection): void {
  connection.on('message', () => {});
}

/** Long enough for a last frame to cross loopback. This records what happens; nothing is judged by it. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}
