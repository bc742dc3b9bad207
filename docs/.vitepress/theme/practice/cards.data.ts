import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createMarkdownRenderer, defineLoader, type SiteConfig } from 'vitepress';
import { workbookRoot } from '../../../../workbook/course.ts';
import { type FollowUp, readFollowUps } from '../../interview/follow-ups.ts';
import { readQuestion } from '../../interview/question.ts';
import { topics } from '../../interview/topics.ts';
import type { DeckQuestion } from '../../practice/deck.ts';

/** A question with what is shown of it in practice; sections and follow-ups are HTML. */
export interface Card extends DeckQuestion {
  title: string;
  /** As in its file: `/framing/masking`. */
  chapter: string;
  short: string;
  great: string;
  followUps: FollowUp[];
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
      const { title, topic, level, chapter, formerly, sections } = readQuestion(
        id,
        readFileSync(path, 'utf8'),
      );
      const env = { path, relativePath, cleanUrls: false };
      const render = (text: string) => markdown.render(text, env);
      return {
        id,
        formerly,
        title,
        topic,
        level,
        chapter,
        short: render(sections.short),
        great: render(sections.great),
        followUps: readFollowUps(sections.followUps).map(({ asked, answer }) => ({
          asked: markdown.renderInline(asked, env),
          answer: render(answer),
        })),
        redFlags: render(sections.redFlags),
      };
    });
  },
});
