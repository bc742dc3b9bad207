import { describe, expect, test, vi } from 'vitest';
import { Tickets } from '../../workbook/chat/auth.ts';
import { History } from '../../workbook/chat/history.ts';
import { Hub, type Member } from '../../workbook/chat/hub.ts';
import { TokenBucket } from '../../workbook/chat/limits.ts';
import { messageLimits, type RoomMessage } from '../../workbook/chat/protocol.ts';

const from = { id: 'u1', name: 'Ada' };
const message = (content: string): Omit<RoomMessage, 'seq'> => ({
  type: 'chat',
  room: 'lobby',
  id: 'm',
  from,
  content,
  at: 0,
});

describe('history', () => {
  test('keeps the last 500, and recovers all or nothing at that edge', () => {
    const history = new History();
    for (let n = 1; n <= 600; n++) history.append(message('x'));
    const since = (seq: number) => history.replay({ epoch: history.epoch, seq });
    expect(since(100)).toMatchObject({ recovered: true });
    expect(since(100).messages).toHaveLength(500);
    expect(since(99)).toMatchObject({ recovered: false });
    expect(since(99).messages).toHaveLength(50);
  });

  test('of the longest messages fits one message of a megabyte', () => {
    const history = new History();
    for (let n = 1; n <= 100; n++) history.append(message('\u0001'.repeat(messageLimits.maxContentLength)));
    const { messages } = history.replay({ epoch: history.epoch, seq: history.seq - 32 });
    expect(messages).toHaveLength(32);
    expect(JSON.stringify(messages).length).toBeLessThan(1_048_576);
    expect(history.replay({ epoch: history.epoch, seq: history.seq - 33 }).recovered).toBe(false);
  });
});

describe('hub', () => {
  const encode = vi.fn((sent: object) => Buffer.from(JSON.stringify(sent)));
  const member = (id: string) =>
    ({ user: { id, name: id }, deliver: vi.fn<Member['deliver']>() }) satisfies Member;

  test('encodes a broadcast once for any number of members', () => {
    const hub = new Hub(encode);
    const members = Array.from({ length: 50 }, (_, index) => member(`u${index}`));
    for (const one of members) {
      hub.connect(one);
      hub.join(one, { type: 'join', room: 'lobby' });
    }
    encode.mockClear();
    hub.chat(members[0], { type: 'chat', id: 'm1', room: 'lobby', content: 'hello' });
    // The ack, and the message.
    expect(encode).toHaveBeenCalledTimes(2);
    const [sent] = encode.mock.results.slice(1);
    for (const one of members) expect(one.deliver).toHaveBeenLastCalledWith(sent.value);
  });

  test('makes place for a new room by forgetting the one that has been empty longest', () => {
    const hub = new Hub(encode);
    const [stays, comes] = [member('stays'), member('comes')];
    hub.connect(stays);
    hub.connect(comes);
    hub.join(stays, { type: 'join', room: 'kept' });
    for (let n = 0; n < 1_500; n++) {
      hub.join(comes, { type: 'join', room: `room ${n}` });
      hub.leave(comes, `room ${n}`);
    }
    expect(hub.roomCount).toBe(1_000);
    hub.chat(stays, { type: 'chat', id: 'm1', room: 'kept', content: 'still here' });
    expect(hub.messageCount).toBe(1);
  });
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
