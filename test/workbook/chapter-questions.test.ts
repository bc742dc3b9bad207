import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readQuestion } from '../../docs/.vitepress/interview/question.ts';
import { parts } from '../../docs/.vitepress/sidebar.ts';
import { workbookRoot } from '../../workbook/course.ts';

const docs = join(workbookRoot, 'docs');

/** `[How …?](/interview/scaling/port-limit) (junior)`, the link in bold or not. */
const namedQuestion = /\]\(\/interview\/([\w-]+\/[\w-]+)\)(?:\*\*)? \((\w+)\)/g;

test('a chapter names its questions with the level that the question has', () => {
  let count = 0;
  for (const { id: part } of parts) {
    for (const name of readdirSync(join(docs, part)).filter((name) => name.endsWith('.md'))) {
      const text = readFileSync(join(docs, part, name), 'utf8');
      for (const [, id, level] of text.matchAll(namedQuestion)) {
        const question = readQuestion(id, readFileSync(join(docs, 'interview', `${id}.md`), 'utf8'));
        expect(level, `${part}/${name}: ${id}`).toBe(question.level);
        count += 1;
      }
    }
  }
  expect(count).toBeGreaterThan(0);
});
