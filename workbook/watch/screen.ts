import { styleText } from 'node:util';
import type { Lab } from '../course.ts';
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
}

const keys = [
  ['h', 'hint'],
  ['n', 'next lab'],
  ['r', 'reset'],
  ['s', 'solution'],
  ['l', 'list'],
  ['q', 'quit'],
] as const;

export function screen(view: View, columns: number): string {
  const lines = [
    progressBar(view, columns),
    '',
    styleText('bold', `Lab ${view.lab.number} · ${labTitle(view.lab)}`) +
      styleText('dim', `  labs/${view.lab.id}.ts`),
    ...body(view, columns),
    '',
    ...(view.note ? [...paragraph(view.note, columns), ''] : []),
    view.asksReset
      ? `  Replace labs/${view.lab.id}.ts by the fresh stub? Your file is kept in .workbook/backups. (y/n)`
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

function passedLines({ labs, states, lab }: View, verdict: Verdict, columns: number): string[] {
  const stretch = nextCheck(verdict);
  const last = labs.every(({ id }) => states.get(id) === 'passed');
  const next = last ? `All ${labs.length} labs pass: the whole chat is yours.` : 'Go on to the next lab: n.';
  return [
    ...paragraph(
      `✓ Lab ${lab.number} passes. A chat that \`npm start\` runs now uses your labs/${lab.id}.ts in place of the reference. Compare the two: \`npm run lab diff ${lab.number}\`. ${next}`,
      columns,
    ),
    ...(stretch ? ['', '  Harder, if you like:', '', ...checkLines(stretch, 0, columns)] : []),
    ...printed(verdict),
  ];
}

function openLines(lab: Lab, verdict: Verdict, hints: HintLevel, columns: number): string[] {
  const fresh = `The stub is fresh: open labs/${lab.id}.ts and begin at the first TODO. Each save is checked.`;
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

function keyLine({ verdict, hints }: View): string {
  const hinted = verdict && verdict.state !== 'passed' && verdict.state !== 'broken' && hints < 2;
  return keys
    .filter(([key]) => key !== 'h' || hinted)
    .map(([key, words]) => `${styleText('bold', key)} ${key === 'h' && hints === 1 ? 'the idea' : words}`)
    .join(' · ');
}
