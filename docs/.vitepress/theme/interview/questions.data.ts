import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { defineLoader } from 'vitepress';
import { workbookRoot } from '../../../../workbook/course.ts';
import { readQuestion } from '../../interview/question.ts';
import { levels, topics } from '../../interview/topics.ts';
import type { DeckQuestion } from '../../practice/deck.ts';

/** A question, as far as lists need it. */
export interface QuestionLink extends DeckQuestion {
  title: string;
}

declare const data: QuestionLink[];

export { data };

/** Every question, by topic and then by level. A file that is not as it should be ends the build. */
export default defineLoader({
  watch: topics.map(({ id }) => `../../../interview/${id}/*.md`),
  load: (files) =>
    files
      .map((file) => {
        const path = relative(`${workbookRoot}/docs/interview`, file).replaceAll('\\', '/');
        const { id, formerly, title, topic, level } = readQuestion(
          path.replace(/\.md$/, ''),
          readFileSync(file, 'utf8'),
        );
        return { id, formerly, title, topic, level };
      })
      .sort((a, b) => placeOf(a) - placeOf(b) || a.title.localeCompare(b.title)),
});

function placeOf({ topic, level }: QuestionLink): number {
  return topics.findIndex(({ id }) => id === topic) * levels.length + levels.indexOf(level);
}
