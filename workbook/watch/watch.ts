import type { Course, Lab } from '../course.ts';
import type { Drill } from '../drills/drill.ts';
import { Progress } from '../progress.ts';
import { Workbench } from '../runner/workbench.ts';
import { listenToKeys } from './keys.ts';
import { verdictLines } from './report.ts';
import { WatchSession } from './session.ts';

const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

/** Watches a lab until the learner quits: a screen and keys on a terminal, plain verdicts anywhere else. */
export async function watchLab(course: Course, lab: Lab): Promise<void> {
  await watchUntilQuit(new Workbench(course), lab);
}

/** Watches the scratch copy of a drill in the same way, with the time left, and keeps what came of it. */
export async function watchDrill(drill: Drill): Promise<void> {
  const workbench = new Workbench(drill.course, new Progress(drill.course, drill.folder));
  workbench.on('verdict', ({ verdict }) => drill.record(verdict));
  console.log(`Open ${drill.lab.file} in your editor: ${drill.timeLeft()}.\n`);
  await watchUntilQuit(workbench, drill.lab, drill);
  console.log(`\n${drill.result ? `${drill.result}. ` : ''}Your file is kept: ${drill.lab.file}`);
  console.log('All your drills: npm run lab drills');
}

async function watchUntilQuit(workbench: Workbench, lab: Lab, drill?: Drill): Promise<void> {
  const { promise: quit, resolve: onQuit } = withResolvers();
  const onSignal = () => onQuit();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  await workbench.watch();
  const leave =
    process.stdin.isTTY && process.stdout.isTTY
      ? watchOnTerminal(workbench, lab, onQuit, drill)
      : watchPlainly(workbench, lab, drill);
  await quit;
  leave();
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  await workbench.close();
}

function watchOnTerminal(workbench: Workbench, lab: Lab, onQuit: () => void, drill?: Drill): () => void {
  const { stdin, stdout } = process;
  const terminal = {
    columns: () => Math.min(stdout.columns || 80, 120),
    show: (text: string) => void stdout.write(clearScreen + text),
  };
  const session = new WatchSession(workbench, lab, terminal, onQuit, drill);
  const stopKeys = listenToKeys(stdin, (key) => session.key(key));
  const onResize = () => session.draw();
  stdout.on('resize', onResize);
  const stopClock = drill?.eachMinute(() => session.tick());
  session.open();
  return () => {
    stopClock?.();
    stopKeys();
    session.close();
    stdout.off('resize', onResize);
  };
}

function watchPlainly(workbench: Workbench, lab: Lab, drill?: Drill): () => void {
  if (workbench.progress.problem) console.log(workbench.progress.problem);
  workbench.on('verdict', ({ verdict }) => {
    if (verdict.lab !== lab.id) return;
    console.log(`${verdictLines(verdict, 80).join('\n')}\n`);
    if (drill) console.log(`${drill.timeLeft()}\n`);
  });
  void workbench.judge(lab);
  return () => {};
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
