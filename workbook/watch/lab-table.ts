import { styleText } from 'node:util';
import type { Course, Lab } from '../course.ts';
import { labTitle } from '../lab-title.ts';
import { isUntouched } from '../learner-file.ts';
import type { Progress } from '../progress.ts';
import type { LabState } from '../verdict.ts';

/** What is known of each lab without running anything. */
export function knownStates(course: Course, progress: Progress): Map<string, LabState> {
  const states = new Map<string, LabState>();
  for (const lab of course.labs) {
    const state = isUntouched(lab) ? 'untouched' : progress.current(lab)?.state;
    if (state) states.set(lab.id, state);
  }
  return states;
}

/** All labs, one a line, with how far each is. */
export function labTable(course: Course, progress: Progress): string {
  const titles = course.labs.map(labTitle);
  const width = Math.max(...titles.map((title) => title.length));
  const line = (lab: Lab, index: number) =>
    `${lab.number}  ${titles[index].padEnd(width)}  ${stateOf(lab, progress)}`;
  return `${course.labs.map(line).join('\n')}\n`;
}

function stateOf(lab: Lab, progress: Progress): string {
  if (isUntouched(lab)) return styleText('dim', '· not begun');
  const known = progress.current(lab);
  switch (known?.state) {
    case 'passed':
      return styleText('green', `✓ passed, ${known.passed} of ${known.total} checks`);
    case 'broken':
      return styleText('red', '✗ the file cannot be judged');
    case 'failing':
      return `✗ ${known.passed} of ${known.total} checks pass`;
    default:
      return `? not checked since it was changed: npm run lab check ${lab.number}`;
  }
}
