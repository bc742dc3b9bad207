import { join } from 'node:path';
import { type Course, conditionsWithout, type Lab, workbookRoot } from '../../../workbook/course.ts';
import type { Subject } from './subject.ts';

const driver = (name: string) => join(workbookRoot, 'test', 'conformance', `${name}.ts`);

/** Server and client of the labs; of those in `mine` the learner's file runs, of the others the reference. */
export function labSubjects(course: Course, mine: readonly Lab[]): Subject[] {
  const conditions = conditionsWithout(course, mine).map((name) => `--conditions=${name}`);
  return subjects('labs', ['--import', 'tsx', ...conditions], 'echo');
}

/** Server and client of `ws`, the control: the suite is as sound as what it says of them. */
export function wsSubjects(): Subject[] {
  return subjects('ws', ['--import', 'tsx'], 'ws-echo');
}

function subjects(name: string, options: string[], file: string): Subject[] {
  return (['server', 'client'] as const).map((role) => ({
    name: `${name} ${role}`,
    role,
    program: [...options, driver(`${file}-${role}`)],
    cwd: workbookRoot,
  }));
}
