import type { Course, Lab } from '../course.ts';

/** Which lab is whose, for the terminal: one line a side. */
export function formatWhose({ labs }: Course, mine: readonly Lab[]): string {
  const ids = (chosen: readonly Lab[]) => chosen.map(({ id }) => id).join('  ') || 'none';
  return [
    `  yours      ${ids(labs.filter((lab) => mine.includes(lab)))}`,
    `  reference  ${ids(labs.filter((lab) => !mine.includes(lab)))}`,
  ].join('\n');
}
