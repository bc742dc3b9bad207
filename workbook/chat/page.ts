import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Asset, bundleScript } from '../bundle-script.ts';

const web = join(import.meta.dirname, 'web');

/**
 * Reads the web client and bundles its TypeScript, on the learner's files for the labs in `mine` (numbers, as
 * `13`) and the reference for the others. Paths are those of the server.
 *
 * @throws the error of esbuild, which names the file, when one cannot be bundled for a page.
 */
export async function bundlePage(mine: readonly string[] = []): Promise<Map<string, Asset>> {
  const file = async (name: string, type: string): Promise<Asset> => ({
    type,
    body: await readFile(join(web, name)),
  });
  return new Map([
    ['/', await file('index.html', 'text/html; charset=utf-8')],
    ['/palette.css', await file('../../palette.css', 'text/css; charset=utf-8')],
    ['/style.css', await file('style.css', 'text/css; charset=utf-8')],
    ['/icon.svg', await file('icon.svg', 'image/svg+xml')],
    ['/main.js', await bundleScript(join(web, 'main.ts'), mine)],
    ['/status', await file('status/status.html', 'text/html; charset=utf-8')],
    ['/status.css', await file('status/status.css', 'text/css; charset=utf-8')],
    ['/status.js', await bundleScript(join(web, 'status', 'status.ts'), mine)],
  ]);
}
