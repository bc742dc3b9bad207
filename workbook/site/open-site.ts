import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { listenProblem } from '../listen-problem.ts';
import type { SiteServer } from './attach.ts';

/**
 * Serves the site while it is worked on, on any free port for port 0. `url` ends with a slash.
 *
 * @throws Error with one sentence when it cannot listen there; what was opened until then ends with the process.
 */
export async function openSite(
  docs: string,
  { port, host }: { port: number; host: string },
): Promise<{ server: SiteServer; url: string }> {
  try {
    // To Vite, port 0 means its own default.
    const chosen = port || (await freePort(host));
    // Loaded only now: a wrong flag is answered at once.
    const { createServer } = await import('vitepress');
    const server = await createServer(docs, { port: chosen, host, strictPort: true });
    await server.listen();
    const [url] = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
    return { server, url: url.replace('//127.0.0.1:', '//localhost:') };
  } catch (error) {
    throw new Error(sentence(error, host, port));
  }
}

async function freePort(host: string): Promise<number> {
  const probe = createTcpServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function sentence(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Vite's own error for a taken port has no code.
  const isTaken = /is already in use/.test(message);
  return listenProblem(isTaken ? 'EADDRINUSE' : code, host, port) ?? message;
}
