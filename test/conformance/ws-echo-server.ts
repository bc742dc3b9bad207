// echo-server.ts on `ws`: the control.
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { echo, wsSuiteOptions } from './echo.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '9001' } } });

const server = new WebSocketServer({
  ...wsSuiteOptions,
  host: '127.0.0.1',
  port: Number(values.port),
  // It speaks no subprotocol; by default it would take the first that a client offers.
  handleProtocols: () => false,
});
server.on('connection', (socket) => {
  echo(socket);
  // `close` follows; without a listener one bad frame would end the process.
  socket.on('error', () => {});
});
server.on('listening', () => {
  console.log(`Echo server on ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
