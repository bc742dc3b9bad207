import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createMarkdownRenderer, defineLoader, type SiteConfig } from 'vitepress';
import { workbookRoot } from '../../../../workbook/course.ts';
import { readQuestion } from '../../interview/question.ts';
import { topics } from '../../interview/topics.ts';
import type { DeckQuestion } from '../../practice/deck.ts';

/** A question with what is shown of it in practice; sections are HTML. */
export interface Card extends DeckQuestion {
  title: string;
  short: string;
  great: string;
  followUps: string;
  redFlags: string;
}

declare const data: Card[];

export { data };

/** The whole bank, for the pages that practise. */
export default defineLoader({
  watch: topics.map(({ id }) => `../../../interview/${id}/*.md`),
  async load(files): Promise<Card[]> {
    const config = (globalThis as unknown as { VITEPRESS_CONFIG: SiteConfig }).VITEPRESS_CONFIG;
    const markdown = await createMarkdownRenderer(config.srcDir, config.markdown, config.site.base);
    return files.sort().map((path) => {
      const relativePath = relative(`${workbookRoot}/docs`, path).replaceAll('\\', '/');
      const id = relativePath.replace(/^interview\//, '').replace(/\.md$/, '');
      const { title, topic, level, formerly, sections } = readQuestion(id, readFileSync(path, 'utf8'));
      const render = (text: string) => markdown.render(text, { path, relativePath, cleanUrls: false });
      return {
        id,
        formerly,
        title,
        topic,
        level,
        short: render(sections.short),
        great: render(sections.great),
        followUps: render(sections.followUps),
        redFlags: render(sections.redFlags),
      };
    });
  },
});
