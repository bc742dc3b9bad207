import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Frame } from 'playwright-core';

/** A web server of somebody else's: an empty page at `/`, and at `/sandbox` one in a sandboxed frame. */
export async function startForeignSite(): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    const frame = '<iframe sandbox="allow-scripts" srcdoc="sandboxed"></iframe>';
    response.end(`<title>foreign</title>${request.url === '/sandbox' ? frame : ''}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Opens a page of a foreign site in somebody's browser: its frame, or the sandboxed one inside. */
export async function openForeignPage(context: BrowserContext, url: string): Promise<Frame> {
  const page = await context.newPage();
  await page.goto(url);
  return page.frames().at(-1) ?? page.mainFrame();
}

/** What a script got out of a WebSocket: messages up to the first, or how it was closed. */
export interface Loot {
  opened: boolean;
  message?: string;
  code?: number;
}

/** What an attacker's script does: opens a WebSocket, sends a message, and waits for what comes. */
export async function hijack(frame: Frame, url: string, protocols: string[], say: string): Promise<Loot> {
  return await frame.evaluate(
    ([url, protocols, say]) =>
      new Promise<Loot>((resolve) => {
        const socket = new WebSocket(url, protocols);
        let opened = false;
        socket.onopen = () => {
          opened = true;
          socket.send(say);
        };
        socket.onmessage = ({ data }) => resolve({ opened, message: String(data) });
        socket.onclose = ({ code }) => resolve({ opened, code });
      }),
    [url, protocols, say] as const,
  );
}
