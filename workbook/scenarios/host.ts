import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { isOriginAllowed } from '#labs/15-auth';
import { type Asset, bundleScript } from '../bundle-script.ts';
import { securityHeaders } from '../chat/http.ts';
import { endWith } from '../chat/refuse.ts';
import { ownOrigin } from '../chat/requests.ts';
import { acceptUpgrade } from '../websocket.ts';
import type { ScenarioName } from './names.ts';
import type { Scenario } from './scenario.ts';

/** Bytes of a message from a page: none of the sketches needs more. */
const maxMessageLength = 256 * 1024;

export interface ScenarioHost {
  port: number;
  /** Cuts every connection and stops the scenario. */
  close(): Promise<void>;
}

/**
 * Serves a sketch: its page at `/`, its WebSocket at `/socket`, which only that page may open.
 *
 * @throws the error of `listen`, with its code: `EADDRINUSE` for a taken port.
 */
export async function hostScenario(
  name: ScenarioName,
  scenario: Scenario,
  port: number,
  host: string,
): Promise<ScenarioHost> {
  const page = await pageOf(name);
  const server = createServer((request, response) => {
    const asset = page.get((request.url ?? '/').split('?')[0]);
    for (const [header, value] of Object.entries(securityHeaders)) response.setHeader(header, value);
    if (asset) response.writeHead(200, { 'Content-Type': asset.type }).end(asset.body);
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is nothing here.\n');
  });
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = refusal(request);
    if (refused) return endWith(socket, refused);
    const connection = acceptUpgrade(request, socket, head, {
      protocols: [scenario.subprotocol],
      maxPayloadLength: maxMessageLength,
      maxMessageLength,
    });
    if (connection) scenario.accept(connection);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      scenario.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A page from elsewhere could otherwise act for whoever visits it (RFC 6455 §10.2). */
function refusal(request: IncomingMessage) {
  if (request.url !== '/socket') return { status: 404, reason: 'The WebSocket is at /socket.' };
  const own = ownOrigin(request);
  const allowed = own === undefined ? [] : [own];
  if (isOriginAllowed(request.headers.origin, { allowed, allowAbsent: true })) return undefined;
  return { status: 403, reason: 'Only the page of this server may connect.' };
}

/** Every sketch has a folder of its name: `index.html`, `page.ts`, `page.css`; `scenarios.css` is for all. */
async function pageOf(name: ScenarioName): Promise<Map<string, Asset>> {
  const file = async (path: string, type: string): Promise<Asset> => ({
    type: `${type}; charset=utf-8`,
    body: await readFile(join(import.meta.dirname, path)),
  });
  return new Map([
    ['/', await file(`${name}/index.html`, 'text/html')],
    ['/palette.css', await file('../palette.css', 'text/css')],
    ['/scenarios.css', await file('scenarios.css', 'text/css')],
    ['/page.css', await file(`${name}/page.css`, 'text/css')],
    ['/icon.svg', await file('../chat/web/icon.svg', 'image/svg+xml')],
    ['/page.js', await bundleScript(join(import.meta.dirname, name, 'page.ts'))],
  ]);
}
