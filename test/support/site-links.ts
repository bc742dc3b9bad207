import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesBelow } from '../e2e/site-copy.ts';

const tag = /<([a-z][\w-]*)((?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*)\s*\/?>/g;
const attribute = /\s([^\s"'<>/=]+)="([^"]*)"/g;

/** What a page leads to, and what in it can be led to. */
interface Ends {
  targets: string[];
  ids: Set<string>;
}

/**
 * What is wrong with the links, pictures, styles and scripts of a built site, a line each. Within the site there
 * must be the file, and the section if one is named. Elsewhere nobody is asked: the address must be a sound one, by
 * https, and a section of an RFC be called as rfc-editor.org calls it.
 */
export function brokenLinks(folder: string, base = '/'): string[] {
  const pages = new Map(pagesBelow(folder).map((path) => [path, endsOf(join(folder, path))]));

  function faultOf(target: string, page: string): string | undefined {
    const site = 'https://site.invalid';
    if (!URL.canParse(target, site)) return 'no address';
    const url = new URL(target, `${site}${base}${page}`);
    if (url.origin !== site) return outsideFault(url);
    if (!url.pathname.startsWith(base)) return `leaves ${base}`;
    const path = decodeURI(url.pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
    if (!existsSync(join(folder, path))) return 'no such file';
    const section = decodeURIComponent(url.hash.slice(1));
    if (section !== '' && !pages.get(path)?.ids.has(section)) return 'no such section';
    return undefined;
  }

  return [...pages].flatMap(([page, { targets }]) =>
    [...new Set(targets)].flatMap((target) => {
      const fault = faultOf(target, page);
      return fault ? [`${page}: ${target}: ${fault}`] : [];
    }),
  );
}

function outsideFault({ protocol, hostname, pathname, hash }: URL): string | undefined {
  // The workbook's own servers.
  if (hostname === 'localhost' || hostname === '127.0.0.1') return undefined;
  if (protocol !== 'https:') return 'not https';
  if (hostname !== 'www.rfc-editor.org' || !pathname.startsWith('/rfc/')) return undefined;
  if (!/^\/rfc\/rfc[1-9]\d*(\.html)?$/.test(pathname)) return 'no RFC';
  if (hash && !/^#(section-[1-9]\d*|appendix-[A-Z])(\.[1-9]\d*)*$/.test(hash)) return 'no section of an RFC';
  return undefined;
}

function endsOf(file: string): Ends {
  const targets: string[] = [];
  const ids = new Set<string>();
  for (const [, , attributes] of readFileSync(file, 'utf8').matchAll(tag)) {
    for (const [, name, value] of attributes.matchAll(attribute)) {
      if (name === 'id') ids.add(value);
      if (name === 'href' || name === 'src') targets.push(value.replaceAll('&amp;', '&'));
    }
  }
  return { targets, ids };
}
