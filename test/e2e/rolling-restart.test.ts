/**
 * All nodes of a cluster are restarted, one after the other, while people talk through HAProxy: nobody misses a
 * message, and they do not come back in the same moment. About 30 s; RECORD=1 writes the figures for the site.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { lacks } from '../support/programs.ts';
import { busiestShare } from '../support/reconnect.ts';
import type { ClientsSay } from './chaos/clients.ts';
import { judge } from './chaos/judge.ts';
import { Crowd } from './chaos/world.ts';
import { ClusterCommand } from './cluster-command.ts';

const people = Array.from({ length: 30 }, (_, index) => `person${index + 1}`);
const drainSeconds = 2;

/** When each client lost its connection and had the next one, in ms. */
class Absences {
  readonly returns: { client: string; lostAt: number; triedAt: number; backAt: number }[] = [];
  readonly #away = new Map<string, { lostAt: number; triedAt: number }>();

  note(said: ClientsSay): void {
    if (said.type !== 'state') return;
    const now = performance.now();
    const { client, state } = said;
    const away = this.#away.get(client);
    if (state === 'waiting' && !away) this.#away.set(client, { lostAt: now, triedAt: Number.NaN });
    if (state === 'connecting' && away) away.triedAt = now;
    if (state === 'open' && away) {
      this.returns.push({ client, ...away, backAt: now });
      this.#away.delete(client);
    }
  }
}

describe.skipIf(lacks('redis-server', 'haproxy') || process.platform === 'win32')('a rolling restart', () => {
  test('of three nodes under load loses nothing, repeats nothing, and is no stampede', {
    timeout: 150_000,
  }, async () => {
    const cluster = new ClusterCommand(['--nodes', '3', '--port', '0', '--drain', `${drainSeconds}`]);
    const host = await cluster.host();
    const crowd = new Crowd();
    const absences = new Absences();
    const groups = await Promise.all(
      [people.slice(0, 15), people.slice(15)].map((names) => crowd.add(host, names)),
    );
    for (const { process } of groups) process.on('message', (said: ClientsSay) => absences.note(said));
    crowd.talk();
    await crowd.untilAcknowledged(60);

    const before = crowd.acknowledged;
    cluster.process.kill('SIGUSR2');
    const [, seconds] = await cluster.says(/All 3 nodes have restarted, in ([\d.]+) s\./);
    const during = crowd.acknowledged - before;
    await crowd.untilAll(people, ['open']);
    await crowd.untilAcknowledged(30);
    await crowd.hush();

    const problems = judge(crowd.log);
    expect(problems.slice(0, 5).join('\n'), `${problems.length} problems, the first of them`).toBe('');
    expect(crowd.gaps, 'times that somebody was told of a gap').toBe(0);
    expect(during, 'messages acknowledged during the restart').toBeGreaterThan(30);

    const { returns } = absences;
    expect(new Set(returns.map(({ client }) => client)).size, 'clients that had to move').toBe(people.length);
    const tries = returns.map(({ triedAt }) => triedAt).sort((a, b) => a - b);
    const busiest = busiestShare(tries, tries.length);
    expect(busiest, 'the busiest 100 ms, as a part of all reconnections').toBeLessThan(0.3);

    const away = returns.map(({ lostAt, backAt }) => backAt - lostAt).sort((a, b) => a - b);
    const figures = [
      `nodes restarted, one after the other     3   in ${seconds} s`,
      `people talking through HAProxy          ${people.length}`,
      `messages acknowledged meanwhile         ${during}`,
      'acknowledged messages lost               0',
      'messages shown twice                     0',
      `connections moved                       ${returns.length}   each node's over ${drainSeconds} s`,
      `in the busiest 100 ms                   ${Math.round(busiest * tries.length)}`,
      `a person was away                      ${ms(away[away.length >> 1])} (median), ${ms(away.at(-1))} (longest)`,
    ];
    if (process.env.RECORD) {
      writeFileSync(
        join(workbookRoot, 'docs', 'scaling', 'recorded', 'rolling-restart.txt'),
        `${figures.join('\n')}\n`,
      );
    }
  });
});

const ms = (time = Number.NaN) => `${Math.round(time)} ms`;
