import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parts } from '../../docs/.vitepress/sidebar.ts';
import { workbookRoot } from '../../workbook/course.ts';

const read = (path: string) => readFileSync(join(workbookRoot, path), 'utf8');

interface Step {
  minutes: number;
  text: string;
  /** The pages it leads to: `/framing/masking`. */
  links: string[];
}

/** The tables of the page, each a list of steps with their total below it. */
const tables = read('docs/paths.md')
  .split('| min | step |\n| --- | --- |\n')
  .slice(1)
  .map((table) => {
    const rows = [...table.split('\n\n')[0].matchAll(/^\| (\S+) \| (.+) \|$/gm)];
    const steps = rows.slice(0, -1).map(([, minutes, text]): Step => {
      const links = [...text.matchAll(/\]\((\/[^)#]+)/g)].map(([, link]) => link);
      return { minutes: Number(minutes), text: text.replace(/^\*\*\w+\.\*\* /, ''), links };
    });
    return { steps, total: rows.at(-1)?.[1] };
  });

/** As the page says: words at 200 a minute, and half as much again. */
function minutesToRead(chapter: string): number {
  const text = read(`docs${chapter}.md`)
    .replace(/^---\n.*?\n---\n/s, '')
    .replace(/<script.*?<\/script>|```.*?```|^<<<[^\n]*|^\[[^\]\n]+\]: [^\n]*|<[^>]+>/gms, '')
    .replace(/\]\([^)]*\)|\]\[[^\]]*\]/g, ']');
  return (text.split(/\s+/).length / 200) * 1.5;
}

/** As the page says: a minute for each line that the learner is to write, and five. */
function minutesToBuild(lab: string): number {
  const regions = read(`solutions/${lab}.ts`).split('// #region solution').slice(1);
  const lines = regions
    .flatMap((region) =>
      region
        .split(/^\s*\/\/ #endregion$/m)[0]
        .split('\n')
        .slice(1),
    )
    .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
  return lines.length + 5;
}

test('the page has its tables', () => {
  expect(tables.length).toBeGreaterThanOrEqual(7);
});

test.each(tables.map((table, at) => ({ ...table, at })))(
  'the steps of table $at are $total minutes',
  ({ steps, total }) => {
    expect(total).toBe(`**${steps.reduce((sum, { minutes }) => sum + minutes, 0)}**`);
  },
);

describe('times are honest', () => {
  const chapters = new Set(parts.flatMap((part) => part.chapters.map(({ slug }) => `/${part.id}/${slug}`)));
  const steps = tables.flatMap((table) => table.steps);
  const reading = steps.filter(({ text, links }) => text.startsWith('Read ') && links.length > 0);

  test.each(reading)('$minutes min: $text', ({ minutes, links }) => {
    expect(links.filter((link) => !chapters.has(link))).toEqual([]);
    const needed = links.reduce((sum, link) => sum + minutesToRead(link), 0);
    expect(minutes).toBeGreaterThan(needed * 0.75);
    expect(minutes).toBeLessThan(needed * 1.25);
  });

  const building = tables.flatMap(({ steps }) => {
    const builds = steps.filter(({ text }) => text.startsWith('Build '));
    return [...new Set(builds.map(({ links: [lab] }) => lab))].map((lab) => ({
      lab: lab.replace('/labs/', ''),
      minutes: builds.reduce((sum, build) => sum + (build.links[0] === lab ? build.minutes : 0), 0),
    }));
  });
  test.each(building)('$lab in $minutes min', ({ lab, minutes }) => {
    expect(Math.abs(minutes - minutesToBuild(lab))).toBeLessThanOrEqual(8);
  });
});
