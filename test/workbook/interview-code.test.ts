/** The answers to the coding questions, tested as a candidate should: cut bytes, moved clocks, nothing left over. */

import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer, WebSocket as WsClient } from 'ws';
import { acceptKey } from '#labs/01-handshake';
import { decodeFrame } from '#labs/03-frames';
import { acceptFor, isKey } from '../../docs/interview/coding/code/accept-hash.ts';
import { type Member, Room } from '../../docs/interview/coding/code/broadcast.ts';
import { encodeFrame, textFrame } from '../../docs/interview/coding/code/encode-frame.ts';
import { type Frame, FrameParser } from '../../docs/interview/coding/code/frame-parser.ts';
import { ReconnectingClient, retryDelay } from '../../docs/interview/coding/code/reconnecting-client.ts';
import { Requests } from '../../docs/interview/coding/code/request-response.ts';
import { Reader, ResumeBuffer } from '../../docs/interview/coding/code/resume-buffer.ts';
import { TokenBucket } from '../../docs/interview/coding/code/token-bucket.ts';
import { Watchdog } from '../../docs/interview/coding/code/watchdog.ts';

describe('the accept hash', () => {
  test('is that of the RFC, and of lab 01', () => {
    expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe(acceptKey('dGhlIHNhbXBsZSBub25jZQ=='));
  });

  test('is not that of the decoded key, nor in hex', () => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const decoded = createHash('sha1').update(Buffer.from(key, 'base64')).update(guid).digest('base64');
    expect(acceptFor(key)).not.toBe(decoded);
    expect(acceptFor(key)).toHaveLength(28);
  });

  test.each([
    ['dGhlIHNhbXBsZSBub25jZQ==', true],
    ['', false],
    ['dGhlIHNhbXBsZSBub25jZQ', false],
    ['dGhlIHNhbXBsZSBub25jZSE=', false],
    ['not base64 at all!!!', false],
  ])('key %j: %s', (key, good) => {
    expect(isKey(key)).toBe(good);
  });
});

describe('a frame, encoded', () => {
  const key = Buffer.from('37fa213d', 'hex');

  test('Hello is as in the RFC, §5.7', () => {
    expect(textFrame('Hello').toString('hex')).toBe('810548656c6c6f');
    expect(textFrame('Hello', key).toString('hex')).toBe('818537fa213d7f9f4d5158');
  });

  test.each([
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
  ])('%i bytes begin with %s', (length, header) => {
    const frame = encodeFrame(2, Buffer.alloc(length));
    expect(frame.subarray(0, -length).toString('hex')).toBe(header);
  });

  test('what is counted is bytes, and the caller keeps its own', () => {
    expect(textFrame('é')[1]).toBe(2);
    const payload = Buffer.from('Hello');
    encodeFrame(1, payload, key);
    expect(payload.toString()).toBe('Hello');
  });

  test('the decoder of lab 03 reads it back', () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const payload = Buffer.alloc(length, 'ab');
      const decoded = decodeFrame(encodeFrame(2, payload, key));
      expect(decoded?.frame.payload.equals(payload)).toBe(true);
    }
  });
});

describe('the frame parser', () => {
  const key = Buffer.from('37fa213d', 'hex');
  const framesOf = (chunks: Buffer[]) => {
    const frames: Frame[] = [];
    const parser = new FrameParser((frame) => frames.push(frame));
    for (const chunk of chunks) parser.push(chunk);
    return frames;
  };
  const stream = Buffer.concat([
    textFrame('Hello', key),
    encodeFrame(9, Buffer.alloc(0), key),
    encodeFrame(2, Buffer.alloc(300, 'x'), key),
    encodeFrame(2, Buffer.alloc(66_000, 'y'), key),
    encodeFrame(8, Buffer.from([3, 232]), key),
  ]);

  test('one byte at a time, all at once, and every size between give the same frames', () => {
    const whole = framesOf([stream]);
    expect(whole.map(({ opcode, payload }) => [opcode, payload.length])).toEqual([
      [1, 5],
      [9, 0],
      [2, 300],
      [2, 66_000],
      [8, 2],
    ]);
    for (const size of [1, 2, 3, 5, 7, 64, 1_000, 65_536]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
      expect(framesOf(chunks)).toEqual(whole);
    }
  });

  test('it keeps no view of a chunk that somebody else will write to', () => {
    const chunk = textFrame('Hello', key);
    const [frame] = framesOf([chunk]);
    chunk.fill(0);
    expect(frame.payload.toString()).toBe('Hello');
  });

  test.each([
    ['RSV1 without an extension', 'c180', 1002],
    ['a reserved opcode', '8380', 1002],
    ['a reserved control opcode', '8b80', 1002],
    ['no mask', '8105', 1002],
    ['a fragmented ping', '0980', 1002],
    ['a long ping', '89fe', 1002],
    ['a length that fits in fewer bytes', '82fe007d00000000', 1002],
    ['a long length that fits in fewer bytes', '82ff000000000000ffff00000000', 1002],
    ['the top bit of a length', '82ff800000000000000000000000', 1002],
    ['more than 2^53 bytes', '82ff002000000000000000000000', 1009],
    ['more than the limit', '82ff000000000010000100000000', 1009],
  ])('%s ends it, and what follows is ignored', (_what, hex, closeCode) => {
    for (const size of [1, 100]) {
      const frames: Frame[] = [];
      const parser = new FrameParser((frame) => frames.push(frame));
      const bytes = Buffer.from(hex, 'hex');
      const push = () => {
        for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      };
      expect(push).toThrow(expect.objectContaining({ closeCode }));
      parser.push(textFrame('Hello', key));
      expect(frames).toEqual([]);
    }
  });
});

describe('the reconnecting client', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.made = [];
    vi.stubGlobal('WebSocket', FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  class FakeSocket {
    static made: FakeSocket[] = [];
    readyState = 0;
    sent: string[] = [];
    closedWith: number | undefined;
    onopen?: () => void;
    onmessage?: (event: { data: unknown }) => void;
    onclose?: (event: { code: number; reason: string }) => void;

    constructor() {
      FakeSocket.made.push(this);
    }
    send(data: string) {
      this.sent.push(data);
    }
    close(code = 1005) {
      this.closedWith = code;
    }
    open() {
      this.readyState = 1;
      this.onopen?.();
    }
    end(code: number) {
      this.readyState = 3;
      this.onclose?.({ code, reason: '' });
    }
  }

  const start = (random = () => 0.5) => {
    const got: unknown[] = [];
    const refused: number[] = [];
    const client = new ReconnectingClient('wss://chat.example', {
      onMessage: (data) => got.push(data),
      onRefused: (code) => refused.push(code),
      random,
    });
    const last = () => FakeSocket.made[FakeSocket.made.length - 1];
    return { client, got, refused, last };
  };

  test('the limit doubles up to the cap, and the jitter is inside it', () => {
    const limits = [0, 1, 2, 3, 4, 1_000].map((failures) => retryDelay(failures, () => 1));
    expect(limits).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 30_000]);
    expect(retryDelay(1_000, () => 0)).toBe(0);
    expect(retryDelay(1_000, () => 0.25)).toBe(7_500);
  });

  test('it waits longer each time, and forgets only after a connection that lasted', () => {
    const { last } = start();
    const waits: number[] = [];
    const fail = () => {
      const before = Date.now();
      last().end(1006);
      vi.advanceTimersToNextTimer();
      waits.push(Date.now() - before);
    };
    fail();
    fail();
    last().open();
    vi.advanceTimersByTime(9_999);
    fail();
    last().open();
    vi.advanceTimersByTime(10_000);
    fail();
    expect(waits).toEqual([2_500, 5_000, 10_000, 2_500]);
  });

  test.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 4001])('%i is final', (code) => {
    const { refused, last } = start();
    last().open();
    last().end(code);
    expect(refused).toEqual([code]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an attempt that never ends is ended, and its late words are ignored', () => {
    const { got, last } = start();
    const [first] = FakeSocket.made;
    vi.advanceTimersByTime(10_000);
    expect(first.closedWith).toBe(1005);
    vi.advanceTimersByTime(2_500);
    last().open();
    expect(FakeSocket.made).toHaveLength(2);
    first.onmessage?.({ data: 'late' });
    first.end(1000);
    last().onmessage?.({ data: 'now' });
    vi.advanceTimersByTime(60_000);
    expect(got).toEqual(['now']);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test('send says whether it was sent', () => {
    const { client, last } = start();
    expect(client.send('a')).toBe(false);
    last().open();
    expect(client.send('b')).toBe(true);
    expect(last().sent).toEqual(['b']);
  });

  test.each(['connecting', 'open', 'waiting'])('close while %s leaves no timer and no attempt', (state) => {
    const { client, last } = start();
    if (state === 'open') last().open();
    if (state === 'waiting') last().end(1006);
    client.close();
    last().end(1006);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});

describe('the broadcast', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  class FakeMember implements Member {
    readyState = 1;
    bufferedAmount = 0;
    got: Buffer[] = [];
    calls: string[] = [];
    send(data: Buffer) {
      this.got.push(data);
    }
    close(code: number) {
      this.calls.push(`close ${code}`);
    }
    terminate() {
      this.calls.push('terminate');
    }
  }
  const room = (count: number) => {
    const members = Array.from({ length: count }, () => new FakeMember());
    const made = new Room({ maxQueued: 1_000 });
    for (const member of members) made.add(member);
    return { room: made, members };
  };

  test('all get the same bytes, encoded once', () => {
    const { room: made, members } = room(3);
    const toJSON = vi.fn(() => 'hello');
    expect(made.broadcast({ toJSON })).toBe(3);
    expect(toJSON).toHaveBeenCalledTimes(1);
    expect(new Set(members.map(({ got }) => got[0])).size).toBe(1);
  });

  test('who is slow is closed, and cut off when that does not come through; the others get it', () => {
    const { room: made, members } = room(3);
    members[1].bufferedAmount = 999;
    expect(made.broadcast('hello')).toBe(2);
    expect(members[1].calls).toEqual(['close 1013']);
    expect(made.size).toBe(2);
    vi.advanceTimersByTime(5_000);
    expect(members[1].calls).toEqual(['close 1013', 'terminate']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('who closes in time is not cut off', () => {
    const { room: made, members } = room(1);
    members[0].bufferedAmount = 1_000;
    made.broadcast('hello');
    made.remove(members[0]);
    made.remove(members[0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what will be replaced is skipped for the slow, who stay', () => {
    const { room: made, members } = room(2);
    members[0].bufferedAmount = 1_000;
    expect(made.broadcast({ price: 1 }, { replaceable: true })).toBe(1);
    expect(members[0].calls).toEqual([]);
    members[0].bufferedAmount = 0;
    expect(made.broadcast({ price: 2 }, { replaceable: true })).toBe(2);
  });

  test('one that throws, one that is closing and one that leaves stop nobody', () => {
    const { room: made, members } = room(4);
    members[0].send = () => {
      throw new Error('broken');
    };
    members[1].readyState = 2;
    members[2].send = () => made.remove(members[2]);
    expect(made.broadcast('hello')).toBe(2);
    expect(members[3].got).toHaveLength(1);
    expect(members[0].calls).toEqual(['terminate']);
  });

  test('over ws it is a text frame, and a reader that never reads is gone', async () => {
    vi.useRealTimers();
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    const made = new Room({ maxQueued: 64 * 1024, graceMs: 50 });
    server.on('connection', (socket) => {
      made.add(socket);
      socket.on('close', () => made.remove(socket));
    });
    const { port } = server.address() as AddressInfo;
    const [reads, sleeps] = await Promise.all(
      [1, 2].map(async () => {
        const client = new WsClient(`ws://127.0.0.1:${port}`);
        client.on('error', () => {});
        await new Promise((resolve) => client.once('open', resolve));
        return client;
      }),
    );
    await vi.waitFor(() => expect(made.size).toBe(2));
    const isBinary = new Promise((resolve) => reads.once('message', (_data, binary) => resolve(binary)));
    sleeps.pause();
    const text = 'x'.repeat(32_000);
    await vi.waitFor(
      () => {
        for (let n = 0; n < 20; n++) made.broadcast(text);
        expect(server.clients.size).toBe(1);
      },
      { timeout: 20_000, interval: 5 },
    );
    expect(await isBinary).toBe(false);
    reads.terminate();
    sleeps.terminate();
  });
});

describe('the token bucket', () => {
  const bucket = (perSecond: number, burst: number) => {
    const clock = { ms: 1_000 };
    const made = new TokenBucket(perSecond, burst, () => clock.ms);
    return { take: () => made.take(), clock };
  };

  test('the burst passes at once, then it is the rate', () => {
    const { take, clock } = bucket(4, 5);
    expect([1, 2, 3, 4, 5].map(take)).toEqual([0, 0, 0, 0, 0]);
    expect(take()).toBe(250);
    clock.ms += 249;
    expect(take()).toBe(1);
    clock.ms += 1;
    expect(take()).toBe(0);
    expect(take()).toBe(250);
  });

  test('a long pause brings the burst, and no more', () => {
    const { take, clock } = bucket(10, 3);
    clock.ms += 1_000_000;
    expect([1, 2, 3, 4].map(take)).toEqual([0, 0, 0, 100]);
  });

  test('a clock that is put back takes nothing away', () => {
    const { take, clock } = bucket(10, 2);
    clock.ms -= 3_600_000;
    expect([take(), take(), take()]).toEqual([0, 0, 100]);
    clock.ms += 100;
    expect(take()).toBe(0);
  });

  test('over any time there is never more than the burst and the rate', () => {
    const { take, clock } = bucket(50, 20);
    let passed = 0;
    for (let ms = 0; ms < 10_000; ms++) {
      clock.ms++;
      for (let n = 0; n < 3; n++) if (take() === 0) passed++;
    }
    expect(passed).toBeGreaterThanOrEqual(519);
    expect(passed).toBeLessThanOrEqual(520);
  });
});

describe('requests and responses', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const setUp = (maxPending?: number) => {
    const sent: { id: number; method: string }[] = [];
    const requests = new Requests((text) => sent.push(JSON.parse(text)), maxPending);
    return { requests, sent };
  };
  const isClean = (requests: Requests) => {
    expect(requests.pendingCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  };

  test('answers come in any order', async () => {
    const { requests, sent } = setUp();
    const both = [requests.request('a', {}), requests.request('b', {})];
    expect(requests.receive({ id: sent[1].id, result: 'B' })).toBe(true);
    expect(requests.receive({ id: sent[0].id, result: 'A' })).toBe(true);
    expect(await Promise.all(both)).toEqual(['A', 'B']);
    isClean(requests);
  });

  test('an error is the one of the other side', async () => {
    const { requests, sent } = setUp();
    const asked = requests.request('a', {});
    requests.receive({ id: sent[0].id, error: { code: 'forbidden', message: 'No.' } });
    await expect(asked).rejects.toMatchObject({ code: 'forbidden', message: 'No.' });
    isClean(requests);
  });

  test('after the timeout an answer is too late, and harms nobody', async () => {
    const { requests, sent } = setUp();
    const asked = expect(requests.request('a', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timeout',
    });
    vi.advanceTimersByTime(100);
    await asked;
    isClean(requests);
    const next = requests.request('b', {});
    expect(requests.receive({ id: sent[0].id, result: 'late' })).toBe(false);
    expect(requests.receive({ id: sent[1].id, result: 'B' })).toBe(true);
    expect(requests.receive({ id: sent[1].id, result: 'twice' })).toBe(false);
    expect(await next).toBe('B');
  });

  test('the caller can give up, before and after', async () => {
    const { requests, sent } = setUp();
    const controller = new AbortController();
    const asked = expect(requests.request('a', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    controller.abort();
    await asked;
    await expect(requests.request('b', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(sent).toHaveLength(1);
    isClean(requests);
  });

  test('a lost connection ends all that was asked, and what is asked later', async () => {
    const { requests } = setUp();
    const both = [requests.request('a', {}), requests.request('b', {})].map((asked) =>
      expect(asked).rejects.toMatchObject({ code: 'closed' }),
    );
    requests.close();
    await Promise.all(both);
    await expect(requests.request('c', {})).rejects.toMatchObject({ code: 'closed' });
    isClean(requests);
  });

  test('a send that throws, and too many at once, leave nothing', async () => {
    const broken = new Requests(() => {
      throw new Error('not open');
    });
    await expect(broken.request('a', {})).rejects.toThrow('not open');
    isClean(broken);
    const { requests } = setUp(1);
    const first = expect(requests.request('a', {})).rejects.toMatchObject({ code: 'closed' });
    await expect(requests.request('b', {})).rejects.toMatchObject({ code: 'too_many' });
    requests.close();
    await first;
    isClean(requests);
  });
});

describe('the resume buffer', () => {
  const filled = (capacity: number, count: number) => {
    const buffer = new ResumeBuffer<string>(capacity, 'e1');
    for (let n = 1; n <= count; n++) buffer.append(`m${n}`);
    return buffer;
  };
  const since = (buffer: ResumeBuffer<string>, seq: number, epoch = 'e1') =>
    buffer.since({ epoch, seq })?.map(({ item }) => item);

  test('it has exactly what came after, or says that it has not', () => {
    const buffer = filled(3, 5);
    expect(since(buffer, 5)).toEqual([]);
    expect(since(buffer, 4)).toEqual(['m5']);
    expect(since(buffer, 2)).toEqual(['m3', 'm4', 'm5']);
    expect(since(buffer, 1)).toBeUndefined();
    expect(since(buffer, 0)).toBeUndefined();
  });

  test('before it is full, from the beginning', () => {
    expect(since(filled(3, 2), 0)).toEqual(['m1', 'm2']);
    expect(since(filled(3, 0), 0)).toEqual([]);
  });

  test('another epoch, the future and nonsense are not answered', () => {
    const buffer = filled(3, 5);
    expect(since(buffer, 4, 'e0')).toBeUndefined();
    for (const seq of [6, -1, 4.5, Number.NaN, Infinity]) expect(since(buffer, seq)).toBeUndefined();
  });

  test('as an array that is cut would be, for every capacity and every position', () => {
    for (let capacity = 1; capacity < 6; capacity++) {
      for (let count = 0; count < 15; count++) {
        const all = Array.from({ length: count }, (_, n) => `m${n + 1}`);
        for (let seq = 0; seq <= count; seq++) {
          const expected = count - seq <= capacity ? all.slice(seq) : undefined;
          expect(since(filled(capacity, count), seq)).toEqual(expected);
        }
      }
    }
  });

  test('a reader takes each once and in order, over a reconnection', () => {
    const got: string[] = [];
    const reader = new Reader<string>((item) => got.push(item));
    const buffer = filled(10, 2);
    reader.start({ epoch: 'e1', seq: 0 });
    for (const numbered of buffer.since({ epoch: 'e1', seq: 0 }) ?? []) reader.receive(numbered);
    for (const item of ['m3', 'm4', 'm5']) buffer.append(item);
    expect(reader.receive({ seq: 5, item: 'm5' })).toBe(false);
    for (const numbered of buffer.since(reader.position ?? { epoch: '', seq: 0 }) ?? []) {
      expect(reader.receive(numbered)).toBe(true);
    }
    expect(reader.receive({ seq: 5, item: 'm5' })).toBe(true);
    expect(got).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    expect(reader.position).toEqual(buffer.position);
  });

  test('before a snapshot a reader takes nothing', () => {
    expect(new Reader<string>(() => {}).receive({ seq: 1, item: 'm1' })).toBe(false);
  });
});

describe('the watchdog', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const start = () => {
    const calls: string[] = [];
    const dog = new Watchdog(10_000, { ask: () => calls.push('ask'), dead: () => calls.push('dead') });
    dog.start();
    return { dog, calls };
  };

  test('silence is asked about once, then it is the end', () => {
    const { calls } = start();
    vi.advanceTimersByTime(9_999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['ask']);
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual(['ask', 'dead']);
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual(['ask', 'dead']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('any message is a sign of life, also at the last moment', () => {
    const { dog, calls } = start();
    vi.advanceTimersByTime(19_999);
    dog.heard();
    vi.advanceTimersByTime(9_999);
    expect(calls).toEqual(['ask']);
    expect(vi.getTimerCount()).toBe(1);
  });

  test('after a sleep it asks before it judges', () => {
    const { dog, calls } = start();
    vi.advanceTimersByTime(10_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual(['ask', 'ask']);
    dog.heard();
    vi.advanceTimersByTime(5_000);
    expect(calls).toEqual(['ask', 'ask']);
  });

  test('stopped is stopped', () => {
    const { dog, calls } = start();
    dog.stop();
    dog.heard();
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
