import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { commandLine, currentCourse, labNamed } from '../command-line.ts';
import type { Course } from '../course.ts';
import { type Mistakes, mistakesFile, mistakesText, readMistakes } from '../mistakes.ts';
import { mistakesOf, violations } from '../programs/judge-programs.ts';
import { readPrograms } from '../programs/program.ts';
import { type Outcome, runPrograms } from '../programs/run-programs.ts';

await commandLine(
  'npm run programs',
  'For maintainers: judges the checks by right and wrong programs, and writes test/programs/mistakes.json.',
)
  .argument('[lab]', 'only this lab: 3, 03 or 03-frames')
  .option('--check', 'write nothing; exit code 1 if mistakes.json is out of date')
  .action(judgeChecks)
  .parseAsync();

async function judgeChecks(
  wanted: string | undefined,
  { check = false }: { check?: boolean },
): Promise<void> {
  const course = currentCourse();
  const labs = wanted ? [labNamed(course, wanted)] : course.labs;
  const known = readMistakes(course);
  const judged = await runPrograms(
    course,
    labs.flatMap((lab) => readPrograms(course, lab)),
  );
  const outcomes = check ? await confirmed(course, judged, known) : judged;
  for (const { id } of labs) {
    const ofLab = outcomes.filter(({ program }) => program.lab.id === id);
    known[id] = mistakesOf(ofLab);
    console.log(`${id}\n${table(ofLab)}\n`);
  }
  const found = violations({ ...course, labs }, outcomes);
  const text = mistakesText(known);
  const file = mistakesFile(course);
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    found.push('test/programs/mistakes.json is out of date: npm run programs');
  }
  for (const violation of found) console.error(violation);
  // vitest has set it to 1: programs failed their checks, as they should.
  process.exitCode = found.length > 0 ? 1 : 0;
}

/** On a busy machine a check may run out of patience: whatever is not as it is known is judged once more. */
async function confirmed(course: Course, outcomes: Outcome[], known: Mistakes): Promise<Outcome[]> {
  const doubtful = outcomes.filter(({ program, fails, problem }) => {
    const expected = known[program.lab.id]?.[program.name]?.fails ?? [];
    return problem !== undefined || `${fails}` !== `${expected}`;
  });
  if (doubtful.length === 0) return outcomes;
  const programs = doubtful.map(({ program }) => program);
  console.log(`Judged once more: ${programs.map(({ lab, name }) => `${lab.number} ${name}`).join(', ')}\n`);
  const again = await runPrograms(course, programs);
  return outcomes.map((outcome) => again.find(({ program }) => program === outcome.program) ?? outcome);
}

function table(outcomes: Outcome[]): string {
  const width = Math.max(0, ...outcomes.map(({ program }) => program.name.length));
  return outcomes
    .map((outcome) => `  ${outcome.program.name.padEnd(width)}  ${said(outcome, outcomes)}`)
    .join('\n');
}

function said({ program, fails, problem }: Outcome, others: Outcome[]): string {
  if (problem) return problem;
  if (fails.length === 0) return 'passes';
  const twin = others.find((other) => other.program !== program && `${other.fails}` === `${fails}`);
  const twinned = twin ? ` (as ${twin.program.name}: neither is recognised)` : '';
  return `fails ${fails.length}: ${fails[0]}${fails.length > 1 ? ' …' : ''}${twinned}`;
}
