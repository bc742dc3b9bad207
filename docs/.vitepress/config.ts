import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import { labsInPages } from './labs-in-pages.ts';
import { shownCode } from './markdown.ts';
import { makeSidebar, parts } from './sidebar.ts';

const course = readCourse(workbookRoot);
const shim = (name: string) => fileURLToPath(new URL(`./shims/${name}.ts`, import.meta.url));

export default defineConfig({
  title: 'websocket-101',
  description: 'Learn WebSocket by building it: 21 labs that together are a complete chat.',
  lang: 'en',
  base: withSlashes(process.env.BASE ?? '/'),
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${withSlashes(process.env.BASE ?? '/')}icon.svg` }],
    ['meta', { name: 'theme-color', content: '#0f5c63' }],
  ],
  markdown: { config: shownCode, theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    nav: [
      ...parts.slice(0, 2).map(({ id, title }) => ({ text: title, link: `/${id}/`, activeMatch: `/${id}/` })),
      { text: 'Labs', link: '/labs/', activeMatch: '/labs/' },
      { text: 'Interview', link: '/interview/', activeMatch: '/interview/' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: makeSidebar(course.labs.map(({ id }) => id)),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: true,
  },
  vite: {
    plugins: [labsInPages(workbookRoot)],
    resolve: {
      // Pages run the solutions' own code.
      conditions: conditionsWithout(course),
      alias: { 'node:crypto': shim('crypto'), 'node:buffer': shim('buffer') },
    },
  },
});

/** A base path as Vite wants it: `/course/`. */
function withSlashes(path: string): string {
  return `/${path}/`.replace(/\/+/g, '/');
}
