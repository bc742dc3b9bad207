import { parts } from '../sidebar.ts';

/** A question's chapter as a link of this site, without the base path; `path` as in its file: `/framing/masking#why`. */
export function chapterLink(path: string): { title: string; link: string } {
  const [page, section] = path.split('#');
  const [, part, slug] = page.split('/');
  const found = parts.find(({ id }) => id === part)?.chapters.find((each) => each.slug === slug);
  return { title: found?.title ?? 'The chapter', link: `${page}.html${section ? `#${section}` : ''}` };
}
