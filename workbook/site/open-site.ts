import { createServer } from 'vitepress';
import type { SiteServer } from './attach.ts';

/**
 * Serves the site while it is worked on. `url` ends with a slash.
 *
 * @throws Error with one sentence when it cannot listen there.
 */
export async function openSite(
  docs: string,
  { port, host }: { port: number; host: string },
): Promise<{ server: SiteServer; url: string }> {
  const server = await createServer(docs, { port, host, strictPort: true });
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    throw new Error(sentence(error, host, port));
  }
  const [url] = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
  return { server, url: url.replace('//127.0.0.1:', '//localhost:') };
}

function sentence(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Vite's own error for a taken port has no code.
  if (code === 'EADDRINUSE' || /is already in use/.test(message)) {
    return `Port ${port} is taken. Stop the program that has it, or choose another with --port.`;
  }
  if (code === 'EACCES') {
    return `Port ${port} needs more rights than this program has. Choose one from 1024 up with --port.`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `${host} is no address of this machine. Choose another with --host.`;
  }
  return message;
}
