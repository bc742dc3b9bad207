import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workbookRoot } from '../../../workbook/course.ts';
import { type Question, readQuestion } from './question.ts';
import { levels, topicIds } from './topics.ts';

const folder = join(workbookRoot, 'docs', 'interview');

/**
 * Every question of the bank: by topic, and in each the easier first.
 *
 * @throws Error that names the file of a question that is not as it should be.
 */
export function readBank(): Question[] {
  return topicIds.flatMap((topic) =>
    readdirSync(join(folder, topic))
      // A topic may have code beside its questions.
      .filter((name) => name.endsWith('.md'))
      .map((name) =>
        readQuestion(
          `${topic}/${name.slice(0, -'.md'.length)}`,
          readFileSync(join(folder, topic, name), 'utf8'),
        ),
      )
      .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || a.title.localeCompare(b.title)),
  );
}
