import { fileURLToPath } from 'node:url';
import { defineConfigWithTheme } from 'vitepress';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import { labsInPages } from './labs-in-pages.ts';
import { describedByText, emptyTableHeads, shownCode } from './markdown.ts';
import { describePage } from './page-data.ts';
import { paintFirst } from './paint-first.ts';
import { makeSidebars, parts } from './sidebar.ts';
import type { SiteTheme } from './site-theme.ts';

const course = readCourse(workbookRoot);
const labIds = course.labs.map(({ id }) => id);
const base = withSlashes(process.env.BASE ?? '/');
/** What is wrong with code imports of the pages; a build with any fails. */
const problems = new Set<string>();
const shim = (name: string) => fileURLToPath(new URL(`./shims/${name}.ts`, import.meta.url));

export default defineConfigWithTheme<SiteTheme>({
  title: 'websocket-101',
  description: 'Learn WebSocket by building it: 21 labs that together are a complete chat.',
  lang: 'en',
  base,
  // What was recorded for a chapter is part of it, and no page.
  srcExclude: ['**/recorded/**'],
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }],
    ['meta', { name: 'theme-color', content: '#0f5c63' }],
  ],
  markdown: {
    config(md) {
      shownCode(md, (problem) => problems.add(problem));
      emptyTableHeads(md);
      describedByText(md);
    },
    // Comments in these have enough contrast; in the usual themes they have not.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
  },
  // Without this the page is styled three times over when its script begins.
  appearance: { disableTransition: false },
  transformPageData: describePage,
  transformHtml: paintFirst,
  buildEnd() {
    if (problems.size > 0) throw new Error([...problems].join('\n'));
  },
  themeConfig: {
    labIds,
    nav: [
      { text: 'Paths', link: '/paths' },
      // A menu: seven links in a row are too many for a tablet.
      {
        text: 'Chapters',
        activeMatch: `^/(${parts.map(({ id }) => id).join('|')})/`,
        items: parts.map(({ id, title }) => ({ text: title, link: `/${id}/` })),
      },
      { text: 'Labs', link: '/labs/', activeMatch: '/labs/' },
      { text: 'Interview', link: '/interview/', activeMatch: '/interview/' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: makeSidebars(labIds),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
  },
  // No component is written with it: what Vue has for it need not travel.
  vue: { features: { optionsAPI: false } },
  vite: {
    clearScreen: false,
    // Widgets are small trees: what each is made of need not be told to all pages.
    build: { modulePreload: false },
    plugins: [labsInPages(workbookRoot)],
    // Found late, they would make the dev server reload the page.
    optimizeDeps: {
      include: ['buffer/index.js', '@noble/hashes/legacy.js', 'pako', 'pcap-parser', 'ts-fsrs', 'zod/mini'],
    },
    resolve: {
      // Pages run the solutions' own code.
      conditions: conditionsWithout(course),
      alias: [
        { find: 'node:crypto', replacement: shim('crypto') },
        { find: 'node:buffer', replacement: shim('buffer') },
        { find: 'node:zlib', replacement: shim('zlib') },
        // For pcap-parser.
        { find: 'events', replacement: shim('events') },
        { find: 'fs', replacement: shim('fs') },
        { find: 'util', replacement: shim('util') },
        // The theme's home page, which this site has not: chapters need not load it.
        { find: /^.*\/VPHome\.vue$/, replacement: shim('nothing') },
      ],
    },
  },
});

/** A base path as Vite wants it: `/course/`. */
function withSlashes(path: string): string {
  return `/${path}/`.replace(/\/+/g, '/');
}
