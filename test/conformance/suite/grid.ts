import { stripVTControlCharacters, styleText } from 'node:util';
import { groups } from '../cases/groups.ts';
import type { Verdict } from './case.ts';
import type { Report, ReportedCase } from './report.ts';

const marks: Record<Verdict, { mark: string; style: Parameters<typeof styleText>[0] }> = {
  OK: { mark: '✓', style: 'green' },
  'NON-STRICT': { mark: '~', style: 'yellow' },
  INFORMATIONAL: { mark: 'i', style: 'cyan' },
  UNIMPLEMENTED: { mark: '?', style: 'magenta' },
  FAILED: { mark: '✗', style: 'red' },
};
const verdicts = Object.keys(marks) as Verdict[];
/** With more cases than this a row is a group. */
const mostRows = 40;

/** Sides across; down, the cases when they are few, else their groups. */
export function formatGrid({ sides, cases }: Report): string {
  const names = sides.map(({ name }) => name);
  const rows = cases.length <= mostRows ? caseRows(cases, names) : groupRows(cases, names);
  const last = ['', 'seconds', ...sides.map(({ seconds }) => seconds.toFixed(1))];
  const lines = [['', '', ...names], ...rows, last];
  const width = (text: string) => stripVTControlCharacters(text).length;
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => width(line[column]))));
  const pad = (text: string, column: number) => text + ' '.repeat(widths[column] - width(text));
  const legend = verdicts.map((verdict) => `${marks[verdict].mark} ${verdict}`).join('   ');
  return [...lines.map((line) => line.map(pad).join('  ').trimEnd()), '', legend].join('\n');
}

function caseRows(cases: ReportedCase[], names: string[]): string[][] {
  return cases.map(({ id, title, results }) => [
    id,
    title.length > 60 ? `${title.slice(0, 59)}…` : title,
    ...names.map((name) => (results[name] ? styled(results[name].verdict, results[name].verdict) : '')),
  ]);
}

function groupRows(cases: ReportedCase[], names: string[]): string[][] {
  return groups.flatMap(({ id, title, ours }) => {
    const members = cases.filter((test) => test.id.startsWith(`${id}.`));
    if (members.length === 0) return [];
    return [[id, ours ? `${title} (ours)` : title, ...names.map((name) => counts(members, name))]];
  });
}

/** `143 ✓ 2 ~` */
function counts(members: ReportedCase[], name: string): string {
  return verdicts
    .map(
      (verdict) =>
        [verdict, members.filter(({ results }) => results[name]?.verdict === verdict).length] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => styled(verdict, `${count} ${marks[verdict].mark}`))
    .join(' ');
}

function styled(verdict: Verdict, text: string): string {
  return styleText(marks[verdict].style, text);
}
