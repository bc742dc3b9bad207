import type { Course } from '../course.ts';
import type { Mistake } from '../mistakes.ts';
import type { Program } from './program.ts';
import type { Outcome } from './run-programs.ts';

const rightWanted = 3;
const wrongWanted = 6;

/** What the programs say of the checks: each violation one sentence, empty when all is well. */
export function violations(course: Course, outcomes: Outcome[]): string[] {
  return [
    ...course.labs.flatMap(({ id }) => {
      const programs = outcomes.map(({ program }) => program).filter(({ lab }) => lab.id === id);
      return [
        ...tooFew(id, 'right', rightWanted, programs.filter(isRight)),
        ...tooFew(id, 'wrong', wrongWanted, programs.filter(isWrong)),
      ];
    }),
    ...outcomes.flatMap(violationsOf),
  ];
}

/** Wrong programs by name, as a learner's mistake is recognised. */
export function mistakesOf(outcomes: Outcome[]): Record<string, Mistake> {
  const wrong = outcomes.filter(({ program }) => isWrong(program));
  return Object.fromEntries(
    wrong.map(({ program, fails }) => [program.name, { sentence: program.sentence, fails }]),
  );
}

function isRight({ name }: Program): boolean {
  return name.startsWith('right-');
}

function isWrong({ name }: Program): boolean {
  return name.startsWith('wrong-');
}

function tooFew(lab: string, kind: string, wanted: number, programs: Program[]): string[] {
  return programs.length >= wanted
    ? []
    : [`test/programs/${lab}: ${wanted} ${kind} programs are wanted, ${programs.length} there`];
}

function violationsOf({ program, fails, problem }: Outcome): string[] {
  const at = `test/programs/${program.lab.id}/${program.name}.ts`;
  if (problem) return [`${at} could not be judged: ${problem}`];
  if (isRight(program)) return fails.map((title) => `${at} is right and fails "${title}"`);
  if (!isWrong(program)) return [`${at}: a program's name begins with right- or wrong-`];
  return [
    ...(program.sentence.endsWith('.') ? [] : [`${at} does not begin with a comment that is a sentence`]),
    ...(fails.length > 0 ? [] : [`${at} is wrong and fails no core check`]),
  ];
}
