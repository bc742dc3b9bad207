import { InvalidArgumentError } from 'commander';
import { commandLine, currentCourse, labNamed, usageError } from '../command-line.ts';
import { hasStub, type Lab } from '../course.ts';
import { attemptTable } from '../drills/attempts.ts';
import { Drill } from '../drills/drill.ts';
import { resetLab } from '../learner-file.ts';
import { Progress } from '../progress.ts';
import { Workbench } from '../runner/workbench.ts';
import { knownStates, labTable } from '../watch/lab-table.ts';
import { verdictLines } from '../watch/report.ts';
import { solutionDiff } from '../watch/solution.ts';
import { watchDrill, watchLab } from '../watch/watch.ts';

const course = currentCourse();
const aLab = 'a lab: 3, 03 or 03-frames';

const program = commandLine('npm run lab', 'Watches a lab: each save is checked at once.')
  .argument('[lab]', `${aLab}; the next unfinished one if left out`)
  .option('--drill <minutes>', 'from the fresh stub under a clock, in a scratch copy', parseMinutes)
  // So that the other commands do not take `--drill` for theirs.
  .enablePositionalOptions()
  .action((wanted: string | undefined, { drill }: { drill?: number }) => {
    const lab = wanted ? labNamed(course, wanted) : firstUnfinished();
    return drill ? watchDrill(new Drill(course, lab, drill)) : watchLab(course, lab);
  });

program
  .command('list')
  .description('All labs and how far each is.')
  .action(() => {
    const progress = new Progress(course);
    if (progress.problem) console.error(progress.problem);
    process.stdout.write(labTable(course, progress));
  });

program
  .command('drills')
  .description('Your drills, and what came of each.')
  .action(() => {
    process.stdout.write(attemptTable(course));
  });

program
  .command('check')
  .description('Checks a lab once. Exit code 0 if it passes, 1 if not.')
  .argument('<lab>', aLab)
  .action(async (wanted: string) => {
    const lab = labNamed(course, wanted);
    const workbench = new Workbench(course);
    try {
      const verdict = await workbench.judge(lab);
      console.log(verdictLines(verdict, 80).join('\n'));
      process.exitCode = verdict.state === 'passed' ? 0 : 1;
    } finally {
      await workbench.close();
    }
  });

program
  .command('reset')
  .description('Puts the fresh stub back. Your file is kept in .workbook/backups.')
  .argument('<lab>', aLab)
  .action((wanted: string) => {
    const lab = labNamed(course, wanted);
    const backup = resetLab(course, lab);
    if (backup) console.log(`Your file is kept as ${backup}.`);
    console.log(`labs/${lab.id}.ts is the fresh stub.`);
  });

program
  .command('diff')
  .description('Your file against the solution.')
  .argument('<lab>', aLab)
  .action((wanted: string) => {
    const lab = labNamed(course, wanted);
    if (!hasStub(lab))
      usageError(`labs/${lab.id}.ts is not there. Write it by: npm run lab reset ${lab.number}`);
    process.stdout.write(solutionDiff(lab));
  });

await program.parseAsync();

function parseMinutes(value: string): number {
  const minutes = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (minutes > 0) return minutes;
  throw new InvalidArgumentError('Minutes are a whole number from 1 to 999.');
}

function firstUnfinished(): Lab {
  const states = knownStates(course, new Progress(course));
  return course.labs.find(({ id }) => states.get(id) !== 'passed') ?? course.labs[0];
}
