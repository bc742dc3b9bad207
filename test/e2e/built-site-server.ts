import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TestProject } from 'vitest/node';
import { copyWorkbook, RunningCommand } from './site-copy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built site is served: an origin and a base path, `http://127.0.0.1:40001/course/`. */
    builtSite: string;
  }
}

/** What the build came to: the answer at `<origin>/build`. */
export interface BuildResult {
  /** The exit code; null when a signal ended it. */
  code: number | null;
  output: string;
  /** The files that were made. */
  folder: string;
}

const base = '/course/';
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * One build of the site for all files of browser tests, made when the first of them asks. It is served as a host of
 * static files does: under a base path, compressed, and good for ten minutes in the browser's cache.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Two projects of one run share it.
  if (process.env.BUILT_SITE) {
    project.provide('builtSite', process.env.BUILT_SITE);
    return undefined;
  }
  let build: Promise<BuildResult> | undefined;
  const server = createServer(async (request, response) => {
    build ??= buildSite();
    const result = await build;
    if (request.url === '/build') response.end(JSON.stringify(result));
    else serveFile(result.folder, request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.BUILT_SITE = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;
  project.provide('builtSite', process.env.BUILT_SITE);
  return async () => {
    server.close();
    server.closeAllConnections();
    if (build) rmSync((await build).folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

async function buildSite(): Promise<BuildResult> {
  // Whoever writes a page meanwhile does not change this build.
  const copy = copyWorkbook();
  const folder = mkdtempSync(join(tmpdir(), 'built-site-'));
  const args = ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', folder];
  const command = new RunningCommand(copy.root, args, { BASE: base });
  const code = await command.exit();
  copy.remove();
  return { code, output: command.output, folder };
}

/** A file server that knows nothing of the site. */
function serveFile(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  const path = join(folder, decodeURI(pathname).replace(base, '/'));
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
  if (!pathname.startsWith(base) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const type = types[extname(file)] ?? 'application/octet-stream';
  const isText = /text|svg/.test(type);
  response.writeHead(200, {
    'Content-Type': type,
    'Cache-Control': 'max-age=600',
    ...(isText && { 'Content-Encoding': 'gzip' }),
  });
  const bytes = readFileSync(file);
  response.end(isText ? gzipSync(bytes) : bytes);
}
