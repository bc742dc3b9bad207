import { topics } from '../interview/topics.ts';
import { clock } from './clock.ts';
import { type Answer, type SummedUp, sumUp } from './mock-summary.ts';
import { rubric } from './rubric.ts';

/** What a summary has besides the answers. */
export interface Kept {
  /** `mid, 45 minutes` */
  plan: string;
  on: Date;
  /** A chapter's title, and its address in whole. */
  chapterLink(chapter: string): { title: string; url: string };
}

/** The summary of an interview as a Markdown file to keep. */
export function toMarkdown(answers: readonly Answer<SummedUp>[], { plan, on, chapterLink }: Kept): string {
  const { tookMs, weakestDimension, weakestTopic, chapters } = sumUp(answers);
  const titleOf = (all: readonly { id: string; title: string }[], id: string) =>
    all.find((each) => each.id === id)?.title;
  const lines = [
    `# Mock interview, ${on.toISOString().slice(0, 10)}`,
    '',
    `Planned: ${plan}. Took ${clock(tookMs)}.`,
    ...(weakestDimension ? ['', `Weakest dimension: ${titleOf(rubric, weakestDimension)}.`] : []),
    ...(weakestTopic ? ['', `Weakest topic: ${titleOf(topics, weakestTopic)}.`] : []),
    '',
    `| Question | Topic | Time | ${rubric.map(({ title }) => title).join(' | ')} |`,
    `| --- | --- | --- |${' --- |'.repeat(rubric.length)}`,
    ...answers.map(({ question, marks, tookMs: took }) => {
      const cells = [
        question.title.replaceAll('|', '\\|'),
        titleOf(topics, question.topic),
        clock(took),
        ...rubric.map(({ id }) => marks[id] ?? '–'),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    ...answers.flatMap(({ question, notes }) =>
      notes.trim() === '' ? [] : ['', `## ${question.title}`, '', notes.trim()],
    ),
  ];
  if (chapters.length > 0) {
    const links = chapters.map(chapterLink).map(({ title, url }) => `- [${title}](${url})`);
    lines.push('', '## To read', '', ...links);
  }
  return `${lines.join('\n')}\n`;
}
