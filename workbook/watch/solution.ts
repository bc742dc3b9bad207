import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { structuredPatch } from 'diff';
import type { Lab } from '../course.ts';

/** A lab's solution as a learner reads it: without the markers that make the stub. */
export function solutionText(lab: Lab): string {
  return readFileSync(lab.solution, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*\/\/ #(end)?region\b/.test(line))
    .join('\n');
}

/** The learner's file against the solution, as a unified diff: `-` theirs, `+` the reference. */
export function solutionDiff(lab: Lab): string {
  const mine = readFileSync(lab.stub, 'utf8').replaceAll('\r\n', '\n');
  const { hunks } = structuredPatch('', '', mine, solutionText(lab), '', '', { context: 3 });
  if (hunks.length === 0) return `labs/${lab.id}.ts is the same as the solution.\n`;
  const lines = hunks.flatMap((hunk) => [
    styleText('cyan', `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`),
    ...hunk.lines.map(coloured),
  ]);
  const header = [styleText('red', `- labs/${lab.id}.ts`), styleText('green', `+ solutions/${lab.id}.ts`)];
  return `${[...header, ...lines].join('\n')}\n`;
}

function coloured(line: string): string {
  if (line.startsWith('-')) return styleText('red', line);
  return line.startsWith('+') ? styleText('green', line) : line;
}
