/** What the chapter on limits shows of the bucket is what the solution does. */
import { expect, test } from 'vitest';
import { Guard } from '#labs/16-limits';
import { guardLimits } from '../../workbook/chat/limits.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

test('a bucket and a guard over a second and a half', async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const messages = { perSecond: 4, burst: 5 };
  const guard = new Guard({ ...guardLimits, messages, maxRefusals: 3 }, { clock });
  const lines = ['  at   comes      the guard says'];
  for (const [at, count] of [
    [0, 6],
    [100, 2],
    [250, 1],
    [500, 1],
    [750, 1],
    [1_500, 3],
    [1_510, 4],
  ]) {
    clock.advance(start + at - clock.now());
    const verdicts = Array.from({ length: count }, () => guard.message(100));
    const said = verdicts.map((verdict) => {
      if (verdict.do === 'refuse') return `in ${verdict.retryAfterMs} ms`;
      return verdict.do === 'pass' ? 'pass' : `close ${verdict.code}`;
    });
    lines.push(
      `${`${at}`.padStart(4)}   ${count === 1 ? '1 message ' : `${count} messages`}  ${said.join(', ')}`,
    );
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../docs/security/recorded/bucket.txt');
});
