import type { Course, Lab } from '../course.ts';
import { Workbench } from '../runner/workbench.ts';
import { listenToKeys } from './keys.ts';
import { verdictLines } from './report.ts';
import { WatchSession } from './session.ts';

const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

/** Watches a lab until the learner quits: a screen and keys on a terminal, plain verdicts anywhere else. */
export async function watchLab(course: Course, lab: Lab): Promise<void> {
  const workbench = new Workbench(course);
  const { promise: quit, resolve: onQuit } = withResolvers();
  const onSignal = () => onQuit();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  await workbench.watch();
  const leave =
    process.stdin.isTTY && process.stdout.isTTY
      ? watchOnTerminal(workbench, lab, onQuit)
      : watchPlainly(workbench, lab);
  await quit;
  leave();
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  await workbench.close();
}

function watchOnTerminal(workbench: Workbench, lab: Lab, onQuit: () => void): () => void {
  const { stdin, stdout } = process;
  const terminal = {
    columns: () => Math.min(stdout.columns || 80, 120),
    show: (text: string) => void stdout.write(clearScreen + text),
  };
  const session = new WatchSession(workbench, lab, terminal, onQuit);
  const stopKeys = listenToKeys(stdin, (key) => session.key(key));
  const onResize = () => session.draw();
  stdout.on('resize', onResize);
  session.open();
  return () => {
    stopKeys();
    session.close();
    stdout.off('resize', onResize);
  };
}

function watchPlainly(workbench: Workbench, lab: Lab): () => void {
  if (workbench.progress.problem) console.log(workbench.progress.problem);
  workbench.on('verdict', ({ verdict }) => {
    if (verdict.lab === lab.id) console.log(`${verdictLines(verdict, 80).join('\n')}\n`);
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
