import { expect, test } from 'vitest';
import { Hub } from '#labs/11-hub';
import { ChatService } from '../../workbook/chat/chat-service.ts';
import { hubLimits, serverLimits } from '../../workbook/chat/limits.ts';
import { Rooms } from '../../workbook/chat/rooms.ts';
import { TestMember } from '../support/hub.ts';
import { heapBytes } from '../support/memory.ts';

test('100,000 joins and leaves leave nothing behind: no room, no member, no timer, no memory', () => {
  const hub = new Hub({ encode: (message) => Buffer.from(JSON.stringify(message)), ...hubLimits });
  const rooms = new Rooms((room) => hub.has(room));
  const chat = new ChatService(hub, rooms);
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  const visit = (first: number, last: number) => {
    for (let n = first; n < last; n++) {
      const member = new TestMember(`guest ${n}`);
      const room = `room ${n}`;
      hub.connect(member);
      chat.handle(member, { type: 'join', room });
      chat.handle(member, { type: 'chat', id: 'm1', room, content: 'Hello' });
      if (n % 2 === 0) chat.handle(member, { type: 'leave', room });
      hub.disconnect(member);
    }
  };

  // Until the logs that are kept for those who come back are as many as there may be.
  visit(0, 5_000);
  const before = { heap: heapBytes(), timers: timers() };
  visit(5_000, 105_000);

  expect([hub.roomCount, hub.memberCount]).toEqual([0, 0]);
  expect(rooms.size).toBe(serverLimits.maxLogs);
  expect(timers()).toBe(before.timers);
  expect(heapBytes() - before.heap).toBeLessThan(1024 * 1024);
});
