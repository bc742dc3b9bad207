import { styleText } from 'node:util';
import type { CheckResult, Verdict } from '../verdict.ts';
import { drawingLines } from './drawing.ts';
import { paragraph } from './paragraph.ts';

/** Hints shown so far: none, the nudge, the nudge and the idea. */
export type HintLevel = 0 | 1 | 2;

/** How many of a verdict's core checks pass, and of its stretch checks. */
function tally({ checks }: Verdict): {
  passed: number;
  total: number;
  stretch: number;
  stretchTotal: number;
} {
  const core = checks.filter(({ stretch }) => !stretch);
  const stretch = checks.filter((check) => check.stretch);
  const passing = (some: CheckResult[]) => some.filter(({ state }) => state === 'passed').length;
  return {
    passed: passing(core),
    total: core.length,
    stretch: passing(stretch),
    stretchTotal: stretch.length,
  };
}

/** `7 of 14 checks pass, 1 of 2 stretch checks`. */
export function tallyWords(verdict: Verdict): string {
  const { passed, total, stretch, stretchTotal } = tally(verdict);
  const core = `${passed} of ${total} checks pass`;
  return stretchTotal > 0 ? `${core}, ${stretch} of ${stretchTotal} stretch checks` : core;
}

/** The check to look at next: the first core check that does not pass, or else the first stretch check. */
export function nextCheck({ checks }: Verdict): CheckResult | undefined {
  const open = checks.filter(({ state }) => state !== 'passed');
  return open.find(({ stretch }) => !stretch) ?? open[0];
}

/** One check that does not pass, in full: rule, what came, the bytes, and the hints asked for. */
export function checkLines(check: CheckResult, hints: HintLevel, columns: number): string[] {
  const mark = check.state === 'failed' ? styleText('red', '✗') : '·';
  const stretch = check.stretch ? ' (stretch)' : '';
  return [
    `${mark} ${styleText('bold', check.title)}${stretch}`,
    `  ${styleText('dim', source(check.rfc))}`,
    ...(check.message ? ['', ...paragraph(check.message, columns)] : []),
    ...(check.drawing ? ['', ...drawingLines(check.drawing, columns - 2).map((line) => `  ${line}`)] : []),
    ...check.hint.slice(0, hints).flatMap((hint, level) => {
      const label = styleText('cyan', level === 0 ? '  Hint' : '  The idea');
      return ['', label, ...paragraph(hint, columns)];
    }),
  ];
}

/** A whole verdict, once, for a pipe, a log or `lab check`. */
export function verdictLines(verdict: Verdict, columns: number): string[] {
  const lines = [`Lab ${verdict.lab}: ${stateWords(verdict)}`];
  if (verdict.problem) lines.push(...paragraph(verdict.problem, columns));
  for (const check of verdict.checks) {
    const mark = { passed: '✓', failed: '✗', waiting: '·' }[check.state];
    lines.push(`${mark} ${check.title}${check.stretch ? ' (stretch)' : ''}`);
  }
  const next = nextCheck(verdict);
  if (next?.state === 'failed') lines.push('', ...checkLines(next, 0, columns));
  if (verdict.mistake) lines.push('', ...mistakeLines(verdict.mistake, columns));
  if (verdict.printed) lines.push('', ...printedLines(verdict.printed));
  return lines;
}

export function mistakeLines(mistake: string, columns: number): string[] {
  return [styleText('yellow', '  A known mistake'), ...paragraph(mistake, columns)];
}

export function printedLines(printed: string): string[] {
  return [
    styleText('dim', '  Your file printed'),
    ...printed
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

function stateWords(verdict: Verdict): string {
  switch (verdict.state) {
    case 'untouched':
      return 'the fresh stub, nothing is written yet';
    case 'broken':
      return 'the file cannot be judged';
    case 'passed':
      return `passed, ${tallyWords(verdict)}`;
    case 'failing':
      return tallyWords(verdict);
  }
}

/** `RFC 6455 §5.2`; the chat's own contract with its page. Any other source stands as it is. */
function source(rfc: string): string {
  if (/^\d/.test(rfc)) return `RFC ${rfc}`;
  return rfc.startsWith('chat.v1 ') ? `${rfc}, in docs/reference/protocol.md` : rfc;
}
