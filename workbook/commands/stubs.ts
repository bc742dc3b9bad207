import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { commandLine, currentCourse } from '../command-line.ts';
import { type Course, hasStub, type Lab } from '../course.ts';
import { isUntouched, resetLab, writeStub } from '../learner-file.ts';

commandLine('npm run stubs', 'For maintainers: writes labs/ from solutions/.')
  .option('--check', 'write nothing; exit code 1 if a stub is out of date')
  .action(({ check = false }: { check?: boolean }) => {
    const course = currentCourse();
    const stale = course.labs.filter((lab) => !hasStub(lab) || !isUntouched(lab));
    if (check) report(stale);
    else for (const lab of stale) write(course, lab);
    if (stale.length === 0) console.log('All stubs are up to date.');
  })
  .parse();

function report(stale: Lab[]): void {
  for (const lab of stale) {
    console.error(`labs/${lab.id}.ts is not what solutions/${lab.id}.ts makes: npm run stubs`);
  }
  if (stale.length > 0) process.exitCode = 1;
}

function write(course: Course, lab: Lab): void {
  let kept = '';
  // What was committed cannot be lost; anything else is kept first.
  if (isCommitted(course, lab)) {
    writeStub(lab);
  } else {
    const backup = resetLab(course, lab);
    if (backup) kept = `; what was there is kept as ${backup}`;
  }
  console.log(`labs/${lab.id}.ts is written${kept}.`);
}

/** True if the file is as the last commit has it. False without git. */
function isCommitted(course: Course, lab: Lab): boolean {
  try {
    const committed = execFileSync('git', ['show', `HEAD:./labs/${lab.id}.ts`], {
      cwd: course.root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return committed.equals(readFileSync(lab.stub));
  } catch {
    return false;
  }
}
