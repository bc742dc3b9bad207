import { join } from 'node:path';
import { createMarkdownRenderer, defineLoader, type SiteConfig } from 'vitepress';
import { readBank } from '../../interview/bank.ts';
import { type FollowUp, readFollowUps } from '../../interview/follow-ups.ts';
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
  async load(): Promise<Card[]> {
    const config = (globalThis as unknown as { VITEPRESS_CONFIG: SiteConfig }).VITEPRESS_CONFIG;
    const markdown = await createMarkdownRenderer(config.srcDir, config.markdown, config.site.base);
    return readBank().map(({ id, title, topic, level, chapter, formerly, sections }) => {
      const relativePath = `interview/${id}.md`;
      const path = join(config.srcDir, relativePath);
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
