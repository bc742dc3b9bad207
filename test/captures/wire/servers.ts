import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import type { Connection } from '#labs/06-connection';
import { acceptUpgrade } from '../../../workbook/websocket.ts';
import { echo, silent } from '../framing/serve.ts';
import { port } from './network.ts';

/** The name a client of the TLS server asks for. */
export const serverName = 'chat.example';

/** Every scene has one of these on the server's side. */
export const servers: Record<string, () => Promise<void>> = {
  /** The chat on labs 01–06, loaded only when it plays. */
  async chat() {
    const { loadEngine } = await import('../../../workbook/chat/engine.ts');
    const { startChatServer } = await import('#labs/20-chat-server');
    await startChatServer(port, '::', { engine: await loadEngine('labs'), page: new Map() });
  },

  /** Labs 01–06, giving every message back. */
  echo: () => serve(createServer(), echo),

  /** Labs 01–06, reading messages and saying nothing. */
  silent: () => serve(createServer(), silent),

  async 'echo-tls'() {
    const { private: key, cert } = await generate([{ name: 'commonName', value: serverName }]);
    await serve(createTlsServer({ key, cert }), echo);
  },

  /** The `ws` package, compressing all it sends with one window from first message to last. */
  compressing: () => serveCompressed({ threshold: 0 }),

  /** The same with small windows that start afresh for every message. */
  'compressing-afresh': () =>
    serveCompressed({
      threshold: 0,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 10,
    }),
};

async function serve(server: Server, onConnection: (connection: Connection) => void): Promise<void> {
  server.on('upgrade', (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head);
    if (connection) onConnection(connection);
  });
  await listen(server);
}

async function serveCompressed(perMessageDeflate: object): Promise<void> {
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate }).on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await listen(server);
}

async function listen(server: Server): Promise<void> {
  server.listen(port, '::');
  await once(server, 'listening');
}
