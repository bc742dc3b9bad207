import { expect, test } from 'vitest';
import { Hub } from '#labs/11-hub';
import { MemoryBackplane, MemoryStore } from '#labs/17-backplane';
import { Monitor } from '#labs/19-monitoring';
import { ChatService, RoomGates } from '#labs/20-chat-server';
import { hubLimits } from '../../workbook/chat/limits.ts';
import { TestMember } from '../support/hub.ts';
import { heapBytes } from '../support/memory.ts';

test('100,000 joins and leaves leave nothing behind: no room, no member, no timer, no memory', {
  timeout: 90_000,
}, async () => {
  const encode = (message: object) => Buffer.from(JSON.stringify(message));
  const hub = new Hub({ ...hubLimits, encode, tellsPresence: false });
  const backplane = new MemoryBackplane({ store: new MemoryStore({ maxLogs: 1_000 }) });
  const monitor = new Monitor();
  monitor.stop();
  const chat = new ChatService({ hub, backplane, monitor, everyone: [] });
  await backplane.start(chat);
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  const visit = async (first: number, last: number) => {
    for (let n = first; n < last; n++) {
      const member = Object.assign(new TestMember(`guest ${n}`), {
        gates: new RoomGates(() => {}),
        revoked() {},
      });
      const room = `room ${n}`;
      await chat.arrive(member);
      await chat.handle(member, { type: 'join', room });
      await chat.handle(member, { type: 'chat', id: 'm1', room, content: 'Hello' });
      if (n % 2 === 0) await chat.handle(member, { type: 'leave', room });
      await chat.depart(member);
    }
  };

  // Until the logs that are kept for those who come back, and the timers, are as many as there may be.
  await visit(0, 5_000);
  const before = { heap: heapBytes(), timers: timers() };
  await visit(5_000, 105_000);

  expect([hub.roomCount, hub.memberCount]).toEqual([0, 0]);
  expect(timers()).toBe(before.timers);
  expect(heapBytes() - before.heap).toBeLessThan(1024 * 1024);
});
