import type { Verdict } from '../../../../workbook/verdict.ts';

/** A lab's state in words: `5 of 14 checks pass`. Stretch checks are counted apart. */
export function describeState(verdict: Verdict | undefined): string {
  if (!verdict) return 'not checked yet';
  const core = verdict.checks.filter(({ stretch }) => !stretch);
  const passed = core.filter(({ state }) => state === 'passed').length;
  switch (verdict.state) {
    case 'untouched':
      return 'not begun';
    case 'broken':
      return 'the file cannot be run';
    case 'failing':
      return `${passed} of ${core.length} checks pass`;
    case 'passed':
      return `all ${core.length} checks pass`;
  }
}
