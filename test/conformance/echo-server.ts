// The driver for conformance suites that act as clients: echoes every message on 127.0.0.1.
//   node --import tsx test/conformance/echo-server.ts --port 9001
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { runsWithConditions } from '../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) {
  const { acceptUpgrade } = await import('../../workbook/websocket.ts');
  const { echo, suiteOptions } = await import('./echo.ts');
  const { values } = parseArgs({ options: { port: { type: 'string', default: '9001' } } });

  const server = createServer((_request, response) => response.writeHead(426).end());
  server.on('upgrade', (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head, suiteOptions);
    if (connection) echo(connection);
  });
  server.listen(Number(values.port), '127.0.0.1', () => {
    console.log(`Echo server on ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
