import { join } from 'node:path';
import type { Plugin } from 'vitepress';

/** Lets the labs' code run in a page: gives it the global `Buffer`, which only Node has. */
export function labsInPages(root: string): Plugin {
  const folders = ['solutions', 'labs', 'test/support', 'workbook/wire'].map((folder) =>
    `${join(root, folder)}/`.replaceAll('\\', '/'),
  );
  return {
    name: 'labs-in-pages',
    transform(code, id) {
      if (!folders.some((folder) => id.startsWith(folder))) return;
      if (!/\bBuffer\b/.test(code) || /import \{[^}]*\bBuffer\b[^}]*\} from 'node:buffer'/.test(code)) return;
      return { code: `import { Buffer } from 'node:buffer';${code}`, map: null };
    },
  };
}
