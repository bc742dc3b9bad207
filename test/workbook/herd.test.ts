import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Herd, simulate } from '../../docs/.vitepress/theme/backoff/simulate.ts';
import { type Strategy, strategies } from '../../docs/.vitepress/theme/backoff/strategies.ts';
import { workbookRoot } from '../../workbook/course.ts';

const clients = 10_000;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** 10,000 clients of a server that is down for a second, and for half a minute. */
function measure(strategy: Strategy): { short: Herd; long: Herd } {
  return {
    short: simulate(strategy, { clients, downMs: 1_000, seed: 1 }),
    long: simulate(strategy, { clients, downMs: 30_000, seed: 1 }),
  };
}

test('the figures of herds that a chapter shows are those of the strategies', async () => {
  const lines = strategies.map((strategy) => {
    const { short, long } = measure(strategy);
    return [
      strategy.name.padEnd(35),
      percent(short.busiestShare).padStart(8),
      percent(long.busiestShare).padStart(11),
      percent(long.busiestBackShare).padStart(8),
      long.triesEach.toFixed(1).padStart(7),
    ].join('');
  });
  const table = [
    `${''.padEnd(35)}down 1 s  down 30 s  let in  tries`,
    `${''.padEnd(35)}  busiest 100 ms, part of 10,000`,
    ...lines,
    '',
  ].join('\n');
  await expect(table).toMatchFileSnapshot(
    join(workbookRoot, 'docs', 'reconnection', 'recorded', 'herds.txt'),
  );
});

test('lab 13 stays under 3 % after a loss, and no common client does better', () => {
  const [ours, ...others] = strategies.map((strategy) => measure(strategy).short).reverse();
  expect(ours.busiestShare).toBeLessThan(0.03);
  for (const other of others) expect(ours.busiestShare).toBeLessThan(other.busiestShare);
});
