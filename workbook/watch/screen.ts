import { styleText } from 'node:util';
import type { Lab } from '../course.ts';
import type { Drill } from '../drills/drill.ts';
import { labTitle } from '../lab-title.ts';
import type { LabState, Verdict } from '../verdict.ts';
import { paragraph } from './paragraph.ts';
import { checkLines, type HintLevel, mistakeLines, nextCheck, printedLines, tallyWords } from './report.ts';

/** All that the watch shows: the screen is drawn from this and nothing else. */
export interface View {
  labs: readonly Lab[];
  /** What is known of each lab by its id; absent: not judged since its file changed. */
  states: ReadonlyMap<string, LabState>;
  lab: Lab;
  /** Of `lab`; undefined until it is first judged. */
  verdict: Verdict | undefined;
  checking: boolean;
  hints: HintLevel;
  /** A sentence about what a key just did. */
  note: string | undefined;
  asksReset: boolean;
  /** Undefined for the learner's own file. */
  drill: Pick<Drill, 'timeLeft' | 'passedAfter'> | undefined;
}

const keys = [
  ['h', 'hint'],
  ['n', 'next lab'],
  ['r', 'reset'],
  ['s', 'solution'],
  ['l', 'list'],
  ['q', 'quit'],
] as const;

/** They lead to other labs; a drill has one. */
export const courseKeys: ReadonlySet<string> = new Set(['n', 'l']);

export function screen(view: View, columns: number): string {
  const { lab, drill } = view;
  const title = styleText('bold', `Lab ${lab.number} · ${labTitle(lab)}`);
  const lines = [
    drill ? styleText('bold', drill.timeLeft()) : progressBar(view, columns),
    '',
    // The path of a scratch copy is long.
    ...(drill ? [title, styleText('dim', lab.file)] : [title + styleText('dim', `  ${lab.file}`)]),
    ...body(view, columns),
    '',
    ...(view.note ? [...paragraph(view.note, columns), ''] : []),
    view.asksReset
      ? `  Replace ${lab.file} by the fresh stub? Your file is kept in .workbook/backups. (y/n)`
      : keyLine(view),
  ];
  return `${lines.join('\n')}\n`;
}

function progressBar({ labs, states }: Pick<View, 'labs' | 'states'>, columns: number): string {
  const done = labs.filter(({ id }) => states.get(id) === 'passed').length;
  const count = ` ${done} of ${labs.length} labs`;
  const width = Math.min(48, columns - count.length - 2);
  const filled = Math.round((width * done) / Math.max(1, labs.length));
  return `[${styleText('green', '#'.repeat(filled))}${'-'.repeat(width - filled)}]${count}`;
}

function body(view: View, columns: number): string[] {
  const { lab, verdict, checking, hints } = view;
  if (!verdict) return ['', '  Checking …'];
  const busy = checking ? styleText('dim', '  checking …') : '';
  switch (verdict.state) {
    case 'passed':
      return [styleText('green', tallyWords(verdict)) + busy, '', ...passedLines(view, verdict, columns)];
    case 'broken':
      return [
        styleText('red', 'The file cannot be judged') + busy,
        '',
        ...paragraph(verdict.problem ?? '', columns),
        ...printed(verdict),
      ];
    default:
      return [`${tallyWords(verdict)}${busy}`, '', ...openLines(lab, verdict, hints, columns)];
  }
}

function passedLines(view: View, verdict: Verdict, columns: number): string[] {
  const stretch = nextCheck(verdict);
  return [
    ...paragraph(view.drill ? drillPassedWords(view.drill) : passedWords(view), columns),
    ...(stretch ? ['', '  Harder, if you like:', '', ...checkLines(stretch, 0, columns)] : []),
    ...printed(verdict),
  ];
}

function passedWords({ labs, states, lab }: View): string {
  const last = labs.every(({ id }) => states.get(id) === 'passed');
  const next = last ? `All ${labs.length} labs pass: the whole chat is yours.` : 'Go on to the next lab: n.';
  return `✓ Lab ${lab.number} passes. A chat that \`npm start\` runs now uses your ${lab.file} in place of the reference. Compare the two: \`npm run lab diff ${lab.number}\`. ${next}`;
}

function drillPassedWords({ passedAfter }: Pick<Drill, 'passedAfter'>): string {
  return `✓ All core checks passed after ${passedAfter}. Now say aloud what you built and what it costs, as you would to an interviewer; then compare it with the solution: s.`;
}

function openLines(lab: Lab, verdict: Verdict, hints: HintLevel, columns: number): string[] {
  const fresh = `The stub is fresh: open ${lab.file} and begin at the first TODO. Each save is checked.`;
  const check = nextCheck(verdict);
  return [
    ...(verdict.state === 'untouched' ? [...paragraph(fresh, columns), ''] : []),
    ...(check ? checkLines(check, hints, columns) : []),
    ...(verdict.mistake ? ['', ...mistakeLines(verdict.mistake, columns)] : []),
    ...(verdict.problem ? ['', ...paragraph(verdict.problem, columns)] : []),
    ...printed(verdict),
  ];
}

function printed(verdict: Verdict): string[] {
  return verdict.printed ? ['', ...printedLines(verdict.printed)] : [];
}

function keyLine({ verdict, hints, drill }: View): string {
  const hinted = verdict && verdict.state !== 'passed' && verdict.state !== 'broken' && hints < 2;
  return keys
    .filter(([key]) => (key !== 'h' || hinted) && !(drill && courseKeys.has(key)))
    .map(([key, words]) => `${styleText('bold', key)} ${key === 'h' && hints === 1 ? 'the idea' : words}`)
    .join(' · ');
}
