import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A file of the web client, as it is served. */
export interface Asset {
  type: string;
  body: Uint8Array;
}

const web = join(import.meta.dirname, 'web');

/** Reads the web client and bundles its TypeScript; paths are those of the server. */
export async function bundlePage(): Promise<Map<string, Asset>> {
  const file = async (name: string, type: string): Promise<Asset> => ({
    type,
    body: await readFile(join(web, name)),
  });
  return new Map([
    ['/', await file('index.html', 'text/html; charset=utf-8')],
    ['/style.css', await file('style.css', 'text/css; charset=utf-8')],
    ['/icon.svg', await file('icon.svg', 'image/svg+xml')],
    ['/main.js', { type: 'text/javascript; charset=utf-8', body: await bundleScript() }],
  ]);
}

async function bundleScript(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(web, 'main.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].contents;
}
