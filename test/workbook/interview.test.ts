import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBank } from '../../docs/.vitepress/interview/bank.ts';
import { readQuestion, sectionTitles } from '../../docs/.vitepress/interview/question.ts';
import { levels } from '../../docs/.vitepress/interview/topics.ts';
import { plannedLabs } from '../../docs/.vitepress/labs.ts';
import { workbookRoot } from '../../workbook/course.ts';

const docs = join(workbookRoot, 'docs');

const questions = readBank();

test('every question is complete, and leads to a chapter and a lab that exist', () => {
  for (const { id, chapter, lab } of questions) {
    const [path] = chapter.split('#');
    expect(existsSync(join(docs, `${path}.md`)), `${id}: ${chapter}`).toBe(true);
    if (lab)
      expect(
        plannedLabs.map((planned) => planned.id),
        id,
      ).toContain(lab);
  }
});

test('no two questions have one title, or an id that another had before', () => {
  const titles = questions.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const ids = questions.flatMap(({ id, formerly }) => [id, ...formerly]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('each topic has questions of two levels or more', () => {
  const present = new Set(questions.map(({ topic }) => topic));
  for (const topic of present) {
    const asked = new Set(questions.filter((question) => question.topic === topic).map(({ level }) => level));
    expect(asked.size, topic).toBeGreaterThan(1);
    for (const level of asked) expect(levels).toContain(level);
  }
});

const good = [
  '---',
  'title: What is a good question?',
  'topic: handshake',
  'level: junior',
  'chapter: /handshake/opening',
  '---',
  '',
  '# What is a good question?',
  ...Object.values(sectionTitles).flatMap((title) => [
    '',
    `## ${title}`,
    '',
    ...(title === 'The short answer'
      ? [Array(50).fill('word').join(' ')]
      : ['- [One](https://example.org)', '- Two']),
  ]),
];

test.each([
  ['no frontmatter', good.slice(6), /must begin with frontmatter/],
  ['an unknown level', good.map((line) => line.replace('junior', 'expert')), /level/],
  ['an unknown field', ['---', 'colour: red', ...good.slice(1)], /colour/],
  [
    'the folder of another topic',
    good.map((line) => line.replace('topic: handshake', 'topic: framing')),
    /folder/,
  ],
  ['another heading', good.map((line) => line.replace('# What', '# Why')), /heading/],
  ['a missing section', good.filter((line) => line !== '## Red flags'), /sections are/],
  ['a long answer', good.map((line) => line.replace(/^word.*/, 'word '.repeat(171).trim())), /171 words/],
])('a question with %s is refused, and the file named', (_, lines, message) => {
  expect(() => readQuestion('handshake/good', lines.join('\n'))).toThrow(message);
  expect(() => readQuestion('handshake/good', lines.join('\n'))).toThrow(
    /docs\/interview\/handshake\/good\.md/,
  );
});

test('a good one is read', () => {
  expect(readQuestion('handshake/good', good.join('\n'))).toMatchObject({
    id: 'handshake/good',
    level: 'junior',
    formerly: [],
  });
});
