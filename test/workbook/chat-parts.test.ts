import { expect, test } from 'vitest';
import { Tickets } from '../../workbook/chat/auth.ts';
import { TokenBucket } from '../../workbook/chat/limits.ts';
import { Rooms } from '../../workbook/chat/rooms.ts';

const from = { id: 'u1', name: 'Ada' };
const post = { from, content: 'Hello', at: 0 };

test('the logs of rooms are bounded: the longest unused is forgotten, never one with somebody in it', () => {
  const rooms = new Rooms((room) => room === 'kept');
  const kept = rooms.log('kept');
  for (let n = 0; n < 1_500; n++) rooms.append(`room ${n}`, { ...post, id: `m${n}` });
  expect(rooms.size).toBe(1_000);
  expect(rooms.log('kept')).toBe(kept);
  expect(rooms.log('room 1499').seq).toBe(1);
  expect(rooms.log('room 0').seq).toBe(0);
  expect(rooms.messageCount).toBe(1_500);
});

test('a ticket is good for a minute, and one of too many is forgotten first', () => {
  let now = 0;
  const tickets = new Tickets(() => now);
  const [first, second] = [tickets.issue(from), tickets.issue(from)];
  now = 59_999;
  expect(tickets.redeem(first)).toEqual(from);
  now = 60_000;
  expect(tickets.redeem(second)).toBeUndefined();
  const oldest = tickets.issue(from);
  for (let n = 0; n < 10_000; n++) tickets.issue(from);
  expect(tickets.redeem(oldest)).toBeUndefined();
});

test('a bucket gives its burst at once, then by the clock, and says how long to wait', () => {
  let now = 0;
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, () => now);
  expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0, 100]);
  now = 60;
  expect(bucket.take()).toBe(40);
  now = 100;
  expect([bucket.take(), bucket.take()]).toEqual([0, 100]);
  now = 100_000;
  expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0, 100]);
});
