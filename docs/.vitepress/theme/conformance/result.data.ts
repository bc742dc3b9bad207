import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineLoader } from 'vitepress';
import { groups } from '../../../../test/conformance/cases/groups.ts';
import type { Verdict } from '../../../../test/conformance/suite/case.ts';
import type { Report, ReportedCase } from '../../../../test/conformance/suite/report.ts';

/** One side of one group: how many cases came to what. */
export interface Cell {
  counts: [verdict: Verdict, count: number][];
  /** The cases that are not OK, in words. */
  others: string[];
}

/** What the page shows of the stored result. */
export interface Grid {
  node: string;
  ws: string;
  total: number;
  sides: string[];
  rows: { id: string; title: string; ours: boolean; count: number; cells: Cell[] }[];
}

declare const data: Grid;

export { data };

const verdicts: Verdict[] = ['OK', 'NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED', 'FAILED'];

export default defineLoader({
  watch: ['../../../../test/conformance/result.json'],
  load(): Grid {
    const file = join(import.meta.dirname, '../../../../test/conformance/result.json');
    const { node, ws, sides, cases } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const names = sides.map(({ name }) => name);
    return {
      ...{ node, ws, total: cases.length, sides: names },
      rows: groups.map(({ id, title, ours = false }) => {
        const members = cases.filter((test) => test.id.startsWith(`${id}.`));
        return { id, title, ours, count: members.length, cells: names.map((name) => cell(members, name)) };
      }),
    };
  },
});

function cell(members: ReportedCase[], side: string): Cell {
  const run = members.flatMap(({ id, title, results }) => {
    const result = results[side];
    return result ? [{ id, title, ...result }] : [];
  });
  return {
    counts: verdicts
      .map((verdict): [Verdict, number] => [verdict, run.filter((test) => test.verdict === verdict).length])
      .filter(([, count]) => count > 0),
    others: run
      .filter(({ verdict }) => verdict !== 'OK')
      .map(({ id, title, verdict }) => `${id} ${verdict}: ${title}`),
  };
}
