import { Counter, Registry } from 'prom-client';
import { expect, onTestFinished, vi } from 'vitest';
import { loggedFields, Monitor } from '#labs/19-monitoring';
import { check } from './support/check.ts';
import { heapBytes } from './support/memory.ts';
import { idle, scrape, stall, startMonitor, TestLog } from './support/monitoring.ts';

const ada = { id: 'u1', name: 'Ada Lovelace' };

check(
  'Connections rise and fall with those that are open',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'A number that can fall: which kind of metric is that?',
      'A gauge. Keep the open connections in a Set, and read its size when the gauge is collected.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const [first] = [1, 2, 3].map((n) => monitor.opened(`192.0.2.${n}`, idle));
    expect((await scrape(monitor)).sum('chat_connections'), 'three are open').toBe(3);
    first.closed(1000);
    expect((await scrape(monitor)).sum('chat_connections'), 'one of three was closed').toBe(2);
    const addresses = monitor.connections().map(({ address }) => address);
    expect(addresses, 'the addresses of those that are open').toEqual(['192.0.2.2', '192.0.2.3']);
  },
);

check(
  'A connection ends once, however often it is said',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'An error and then a close event, a timeout and then the socket: how often are you told?',
      'Set.delete says whether it was there. If it was not, there is nothing to do.',
    ],
  },
  async () => {
    const log = new TestLog('debug');
    const monitor = startMonitor({ log: log.log });
    const [connection] = [monitor.opened('192.0.2.1', idle), monitor.opened('192.0.2.2', idle)];
    connection.closed(1000);
    connection.closed(1006);
    const { sum, all } = totals(await scrape(monitor), 'chat_closes_total', 'code');
    expect(sum, 'closes, all codes together').toBe(1);
    expect(all, 'closes by code').toMatchObject({ '1000': 1, '1006': 0 });
    expect((await scrape(monitor)).sum('chat_connections'), 'connections').toBe(1);
    expect(
      log.lines.filter(({ msg }) => msg === 'closed'),
      'the lines that say closed',
    ).toHaveLength(1);
  },
);

function totals(
  found: Awaited<ReturnType<typeof scrape>>,
  name: string,
  label: string,
): { sum: number | undefined; all: Record<string, number> } {
  return { sum: found.sum(name), all: Object.fromEntries(found.by(name, label)) };
}

check(
  'Closes are counted by code; those of a client’s own choosing are one',
  {
    rfc: '6455 §7.4.2',
    hint: [
      'A page may close with any of 2,001 codes. How many time series is that, in each Prometheus you have?',
      'Know the codes you count by beforehand: those with a registered meaning. All others are `other`.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const codes = [1000, 1001, 1006, 1006, 1013, ...Array.from({ length: 200 }, (_, n) => 4000 + n)];
    for (const code of codes) monitor.opened('192.0.2.1', idle).closed(code);
    const { sum, all } = totals(await scrape(monitor), 'chat_closes_total', 'code');
    expect(sum, 'all closes').toBe(codes.length);
    expect(all, 'closes by code').toMatchObject({ '1000': 1, '1001': 1, '1006': 2, '1013': 1, other: 200 });
    expect(Object.keys(all).length, 'time series of chat_closes_total').toBeLessThan(50);
  },
);

check(
  'Refused handshakes are counted by status, an unusual one as other',
  {
    rfc: '9110 §15',
    hint: [
      'Which statuses does your server answer an upgrade with? How many could it be?',
      'As with close codes: the usual ones by their number, each from 0; all others are `other`.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const statuses = [403, 403, 429, 503, ...Array.from({ length: 100 }, (_, n) => 600 + n)];
    for (const status of statuses) monitor.refusedHandshake(status);
    const { sum, all } = totals(await scrape(monitor), 'chat_handshakes_refused_total', 'status');
    expect(sum, 'all refusals').toBe(statuses.length);
    expect(all, 'refusals by status').toMatchObject({ '403': 2, '429': 1, '503': 1, other: 100 });
    expect(Object.keys(all).length, 'time series').toBeLessThan(50);
  },
);

check(
  'What clients sent is counted by type, in messages and in bytes',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'A user is a bad label and a type a good one. What is the difference?',
      'There are seven types and any number of users. Count by type in one place, bytes in another.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const connection = monitor.opened('192.0.2.1', idle);
    connection.received('auth', 300);
    connection.received('chat', 100);
    connection.received('chat', 150);
    connection.received('unreadable', 5);
    const found = await scrape(monitor);
    expect(Object.fromEntries(found.by('chat_received_messages_total', 'type')), 'messages by type').toEqual({
      auth: 1,
      join: 0,
      leave: 0,
      chat: 2,
      direct: 0,
      ping: 0,
      unreadable: 1,
    });
    expect(found.sum('chat_received_bytes_total'), 'bytes').toBe(555);
  },
);

check(
  'What was counted stays when its connection is gone',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'You add up the open connections at each scrape. One of them closes. Which way does your counter go?',
      'A counter only rises: keep sums of your own, beside the numbers of each connection.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const connection = monitor.opened('192.0.2.1', idle);
    connection.received('chat', 100);
    connection.sent(40);
    connection.refused('forbidden');
    connection.closed(1000);
    const found = await scrape(monitor);
    const names = ['chat_received_messages_total', 'chat_received_bytes_total', 'chat_sent_messages_total'];
    expect(
      [...names, 'chat_sent_bytes_total', 'chat_errors_total'].map((name) => found.sum(name)),
      'received messages and bytes, sent messages and bytes, errors',
    ).toEqual([1, 100, 1, 40, 1]);
  },
);

check(
  'What was handed to sockets is counted once for each recipient',
  {
    rfc: 'chat.v1 §server',
    hint: [
      'One message, three people: what did it cost, one or three?',
      'Three writes. Count in `sent`, which is called once a recipient.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    for (const n of [1, 2, 3]) monitor.opened(`192.0.2.${n}`, idle).sent(151);
    const found = await scrape(monitor);
    expect(found.sum('chat_sent_messages_total'), 'messages').toBe(3);
    expect(found.sum('chat_sent_bytes_total'), 'bytes').toBe(453);
  },
);

check(
  'Queue bytes are what waits at this moment, over the open connections',
  {
    rfc: '6455 §10.4',
    hint: [
      'Who knows how much waits, and when do you ask?',
      'Each socket’s bufferedAmount, at the scrape. Add up the open ones; who is closed holds nothing any more.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const [slow, quick, gone] = [{ bufferedAmount: 0 }, { bufferedAmount: 10 }, { bufferedAmount: 7 }];
    monitor.opened('192.0.2.1', slow);
    monitor.opened('192.0.2.2', quick);
    monitor.opened('192.0.2.3', gone).closed(1006);
    slow.bufferedAmount = 50_000;
    expect((await scrape(monitor)).sum('chat_queue_bytes'), 'what waits').toBe(50_010);
    slow.bufferedAmount = 0;
    expect((await scrape(monitor)).sum('chat_queue_bytes'), 'what waits a moment later').toBe(10);
  },
);

check(
  'Refusals are counted by their code',
  {
    rfc: 'chat.v1 §errors',
    hint: ['How many codes are there?', 'Seven, fixed by the contract: each begins at 0.'],
  },
  async () => {
    const monitor = startMonitor();
    const connection = monitor.opened('192.0.2.1', idle);
    for (const code of ['rate_limited', 'rate_limited', 'forbidden'] as const) connection.refused(code);
    const { all } = totals(await scrape(monitor), 'chat_errors_total', 'code');
    expect(all, 'errors by code').toEqual({
      bad_message: 0,
      unauthenticated: 0,
      forbidden: 1,
      not_in_room: 0,
      unknown_user: 0,
      too_large: 0,
      rate_limited: 2,
    });
    expect(monitor.connections()[0].refusals, 'refusals of the connection').toBe(3);
  },
);

check(
  'Resumes are hits and misses',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'One counter with a label, or two counters: with which of them is the share of hits one division?',
      'One counter, label `result`: hit or miss, both from 0.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    for (const hit of [true, true, false, true]) monitor.resumed(hit);
    const { all } = totals(await scrape(monitor), 'chat_resumes_total', 'result');
    expect(all, 'resumes').toEqual({ hit: 3, miss: 1 });
  },
);

check(
  'Stored messages are counted, and how long each took to the sockets, in seconds',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'The name says seconds. What does your caller give you?',
      'Milliseconds: divide by 1,000. Prometheus’ names use base units, so that nobody has to guess.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    for (const lag of [250, 3, 1_500]) {
      monitor.stored();
      monitor.delivered(lag);
    }
    const found = await scrape(monitor);
    expect(found.sum('chat_messages_total'), 'stored').toBe(3);
    expect(found.sum('chat_delivery_lag_seconds_count'), 'delivered').toBe(3);
    expect(found.sum('chat_delivery_lag_seconds_sum'), 'seconds, together').toBeCloseTo(1.753, 6);
    const buckets = [...found.by('chat_delivery_lag_seconds_bucket', 'le')];
    const within = (limit: number) =>
      Math.max(...buckets.filter(([le]) => Number(le) <= limit).map(([, count]) => count));
    expect([within(0.1), within(1), within(2.5)], 'within 0.1, 1 and 2.5 seconds').toEqual([1, 2, 3]);
  },
);

check(
  'A lag below zero, by another machine’s clock, counts as zero',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'The message was stored on a machine whose clock is 20 ms ahead. How long did it take?',
      'Nobody knows; less than nothing it was not. Never let it lower the sum, nor be lost.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    monitor.delivered(-20);
    monitor.delivered(30);
    const found = await scrape(monitor);
    expect(found.sum('chat_delivery_lag_seconds_count'), 'deliveries').toBe(2);
    expect(found.sum('chat_delivery_lag_seconds_sum'), 'seconds, together').toBeCloseTo(0.03, 6);
  },
);

check(
  'Rooms and the backplane are asked at each scrape',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'Redis goes away between two scrapes. Who tells you?',
      'Nobody needs to: call the functions of `gauges` when the metric is collected. Up is 1, down is 0.',
    ],
  },
  async () => {
    let [rooms, up] = [3, true];
    const monitor = startMonitor({ gauges: { rooms: () => rooms, isUp: () => up } });
    const read = async () => {
      const found = await scrape(monitor);
      return [found.sum('chat_rooms'), found.sum('chat_backplane_up')];
    };
    expect(await read(), 'rooms and backplane').toEqual([3, 1]);
    [rooms, up] = [5, false];
    expect(await read(), 'rooms and backplane, later').toEqual([5, 0]);
  },
);

check(
  'Two monitors in one process share nothing',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'Two servers in one process, as in every test. Whose registry do they use?',
      'Not prom-client’s own `register`: make a `new Registry()` each, and name it in `registers`.',
    ],
  },
  async () => {
    const [first, second] = [startMonitor(), startMonitor()];
    second.opened('192.0.2.2', idle);
    first.stored();
    expect((await scrape(first)).sum('chat_messages_total'), 'stored, says the first').toBe(1);
    expect((await scrape(second)).sum('chat_messages_total'), 'stored, says the second').toBe(0);
    expect((await scrape(second)).sum('chat_connections'), 'connections of the second').toBe(1);
  },
);

check(
  'No two connections share an id, on any node',
  {
    rfc: 'chat.v1 §logs',
    hint: [
      'The logs of three nodes lie in one place, and each has been started twice. Which connection is number 1?',
      'Six are. Begin every id with something random that is drawn once a monitor.',
    ],
  },
  () => {
    const ids = [startMonitor(), startMonitor(), startMonitor()].flatMap((monitor) => [
      monitor.opened('192.0.2.1', idle).id,
      monitor.opened('192.0.2.2', idle).id,
    ]);
    expect(new Set(ids).size, `different ids among ${ids.join(', ')}`).toBe(6);
  },
);

const documented = [
  'chat_connections',
  'chat_rooms',
  'chat_backplane_up',
  'chat_queue_bytes',
  'chat_received_messages_total',
  'chat_received_bytes_total',
  'chat_sent_messages_total',
  'chat_sent_bytes_total',
  'chat_messages_total',
  'chat_errors_total',
  'chat_closes_total',
  'chat_handshakes_refused_total',
  'chat_resumes_total',
  'chat_delivery_lag_seconds',
  'chat_event_loop_lag_seconds',
  'chat_event_loop_active_seconds_total',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
];

check(
  'Every metric is there from the first scrape, with its type and a word of help',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'A counter that first appears with the value 1: did it rise?',
      'Prometheus sees a rise only between two samples. Register all at the start; each label’s values from 0.',
    ],
  },
  async () => {
    const text = await startMonitor().render();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    expect([...types.keys()], 'the names').toEqual(expect.arrayContaining(documented));
    for (const name of documented) {
      const kind = name.endsWith('_total')
        ? 'counter'
        : name.endsWith('_lag_seconds')
          ? 'histogram'
          : 'gauge';
      expect(types.get(name), `the type of ${name}`).toBe(kind);
      expect(text, `a word of help for ${name}`).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
    }
    for (const [name, type] of types) {
      expect(name.endsWith('_total'), `${name} is a ${type}: only counters end in _total`).toBe(
        type === 'counter',
      );
      expect(name, 'a name in base units: seconds and bytes').not.toMatch(
        /_(ms|millis\w*|kb|mb|kib|mib)(_|$)/i,
      );
    }
  },
);

check(
  'The answer says which format it is in',
  {
    rfc: '9110 §8.3',
    hint: [
      'How does Prometheus know what it reads?',
      'By the Content-Type, with a version. Your registry knows its own.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const type = monitor.contentType.replaceAll(' ', '');
    expect(type, 'Content-Type').toMatch(
      /^text\/plain;version=0\.0\.4|^application\/openmetrics-text;version=1/,
    );
    const text = await monitor.render();
    expect(text.endsWith('\n'), 'the last line ends in a line feed').toBe(true);
    if (type.startsWith('application/openmetrics')) expect(text, 'the end').toMatch(/# EOF\n$/);
  },
);

check(
  'A blocked event loop is seen',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'Nothing ran for 80 ms. Which of your timers noticed?',
      'Know when the next tick is due, on performance.now(). How late it comes is the lag.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    await stall(80);
    const found = await scrape(monitor);
    expect(lateTicks(found, 0.025), 'ticks more than 25 ms late, after 80 ms in one loop').toBeGreaterThan(0);
    const sum = found.sum('chat_event_loop_lag_seconds_sum');
    expect(sum, 'seconds of lag: they are seconds').toBeGreaterThan(0.025);
    expect(sum, 'seconds of lag: they are seconds').toBeLessThan(10);
    const bounds = [...found.by('chat_event_loop_lag_seconds_bucket', 'le').keys()].map(Number);
    expect(
      bounds.some((bound) => bound <= 0.05) && bounds.some((bound) => bound >= 0.1 && bound < 60),
      `the buckets end at ${bounds.join(', ')} s: they tell 50 ms from 100`,
    ).toBe(true);
  },
);

check(
  'An event loop that has nothing to do shows no lag',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'Is your lag the time between two ticks, or how late the second one came?',
      'Late is after it was due: 20 ms after the one before is in time.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const lag = async () => {
      const found = await scrape(monitor);
      const [sum, count] = ['sum', 'count'].map((part) => read(found, `chat_event_loop_lag_seconds_${part}`));
      return { sum, count };
    };
    // A busy machine may make one tick late, and the next, but not every one.
    const least = await vi.waitFor(
      async () => {
        const before = await lag();
        const after = await vi.waitUntil(async () => {
          const now = await lag();
          return now.count > before.count && now;
        });
        const mean = (after.sum - before.sum) / (after.count - before.count);
        expect(mean, 'seconds of lag a tick, with nothing to do: the least that was seen').toBeLessThan(
          0.015,
        );
        return mean;
      },
      { timeout: 4_000, interval: 0 },
    );
    expect(least, 'seconds of lag a tick').toBeGreaterThanOrEqual(0);
  },
);

check(
  'The process tells its figures in seconds and bytes',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'process.cpuUsage() is in which unit? And performance.now()?',
      'Microseconds, and milliseconds. The names end in seconds.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const before = await scrape(monitor);
    const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
    const usedMs = () => (process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1_000;
    // Other threads of the process may use it too: 60 ms of CPU can be over in 30.
    while (usedMs() < 60 || performance.now() - startedAt < 60);
    const after = await scrape(monitor);
    const seconds = (performance.now() - startedAt) / 1_000;
    const rise = (name: string) => read(after, name) - read(before, name);
    const used = rise('process_cpu_seconds_total');
    expect(used, 'the rise of process_cpu_seconds_total, over 60 ms of CPU').toBeGreaterThan(0.05);
    expect(used, 'the rise of process_cpu_seconds_total').toBeLessThan(usedMs() / 1_000 + 1);
    const active = rise('chat_event_loop_active_seconds_total');
    expect(
      active,
      `the rise of chat_event_loop_active_seconds_total, in ${seconds} s of work`,
    ).toBeGreaterThan(0.05);
    expect(active, 'the rise of chat_event_loop_active_seconds_total').toBeLessThan(seconds + 1);
    const sinceStart = Date.now() / 1_000 - read(after, 'process_start_time_seconds');
    expect(sinceStart, 'seconds since process_start_time_seconds').toBeGreaterThan(-1);
    expect(sinceStart, 'seconds since process_start_time_seconds').toBeLessThan(process.uptime() + 5);
    const resident = read(after, 'process_resident_memory_bytes') / process.memoryUsage.rss();
    expect(resident, 'process_resident_memory_bytes, as a share of what the process has').toBeGreaterThan(
      0.5,
    );
    expect(resident, 'process_resident_memory_bytes, as a share of what the process has').toBeLessThan(2);
  },
);

/** The value of a metric; no number where there is none, which no comparison accepts. */
function read(found: Awaited<ReturnType<typeof scrape>>, name: string): number {
  return found.sum(name) ?? Number.NaN;
}

/** How many were above a bound, which is one of the buckets. */
function lateTicks(found: Awaited<ReturnType<typeof scrape>>, bound: number): number {
  const buckets = found.by('chat_event_loop_lag_seconds_bucket', 'le');
  return (buckets.get('+Inf') ?? 0) - (buckets.get(String(bound)) ?? 0);
}

check(
  'Reading changes nothing: a second scraper sees the same',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'Two Prometheus servers and a status page read you. Who gets the stall of a minute ago?',
      'All, if nothing is reset when it is read: count what has happened since the start, and let the reader subtract.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    const connection = monitor.opened('192.0.2.1', idle);
    connection.received('chat', 10);
    monitor.delivered(5);
    await stall(80);
    const [first, second] = [await scrape(monitor), await scrape(monitor)];
    expect(lateTicks(first, 0.025), 'late ticks, says the first scrape').toBeGreaterThan(0);
    expect(lateTicks(second, 0.025), 'late ticks, says the second').toBeGreaterThanOrEqual(
      lateTicks(first, 0.025),
    );
    for (const name of ['chat_received_messages_total', 'chat_delivery_lag_seconds_count'])
      expect(second.sum(name), `${name}, in the second scrape`).toBe(first.sum(name));
    const names = (found: typeof first) => new Set(found.samples.map(({ name }) => name));
    expect(names(second), 'the names in both').toEqual(names(first));
  },
);

check(
  'A monitor that is stopped leaves no timer behind',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'The server has closed and the process does not end. What still runs?',
      'Clear the timer of the event-loop lag in `stop`; what was counted can still be read.',
    ],
  },
  async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const monitor = new Monitor();
    monitor.stored();
    vi.advanceTimersByTime(100);
    monitor.stop();
    expect(vi.getTimerCount(), 'timers after stop').toBe(0);
    expect((await scrape(monitor)).sum('chat_messages_total'), 'stored, read after stop').toBe(1);
  },
);

check(
  'Each connection has its own numbers, and when it began',
  {
    rfc: 'chat.v1 §metrics',
    hint: [
      'One of ten thousand sends far too much. How do you find it?',
      'Plain fields in each ConnectionMonitor; `stats` copies them, with bufferedAmount as it is now.',
    ],
  },
  () => {
    const begun = Date.UTC(2026, 0, 1);
    const monitor = startMonitor({ clock: clockAt(() => begun) });
    const queue = { bufferedAmount: 0 };
    const [connection, other] = [monitor.opened('192.0.2.1', queue), monitor.opened('2001:db8::1', idle)];
    expect(connection.stats().user, 'the user, before it is authenticated').toBeUndefined();
    connection.identified(ada);
    for (const bytes of [300, 100]) connection.received('chat', bytes);
    for (const bytes of [40, 50, 60]) connection.sent(bytes);
    connection.refused('too_large');
    queue.bufferedAmount = 60;
    expect(connection.stats()).toEqual({
      id: connection.id,
      address: '192.0.2.1',
      user: ada,
      openedAt: begun,
      receivedMessages: 2,
      receivedBytes: 400,
      sentMessages: 3,
      sentBytes: 150,
      queueBytes: 60,
      refusals: 1,
    });
    expect(other.stats(), 'the other connection').toMatchObject({ receivedMessages: 0, sentBytes: 0 });
    expect(monitor.connections(), 'the list').toEqual([connection.stats(), other.stats()]);
    expect(other.id, 'an id').not.toBe(connection.id);
  },
);

function clockAt(now: () => number) {
  return { now, setTimeout: () => undefined, clearTimeout: () => undefined };
}

check(
  'The end of a connection is one line with its whole life',
  {
    rfc: 'chat.v1 §logs',
    hint: [
      'Somebody writes: "I was thrown out at nine". What do you search for, and what do you find?',
      'One line a connection, when it ends: its id, address, user’s id, code, duration and counts.',
    ],
  },
  () => {
    const log = new TestLog('info');
    const monitor = startMonitor({ log: log.log });
    const connection = monitor.opened('192.0.2.1', idle);
    connection.identified(ada);
    connection.received('chat', 100);
    connection.sent(40);
    connection.closed(1013);
    expect(log.lines, 'lines at level info').toHaveLength(1);
    expect(log.lines[0]).toMatchObject({
      msg: 'closed',
      connection: connection.id,
      address: '192.0.2.1',
      user: 'u1',
      code: 1013,
      durationMs: expect.any(Number),
      receivedMessages: 1,
      receivedBytes: 100,
      sentMessages: 1,
      sentBytes: 40,
      refusals: 0,
    });
    expect(log.text, 'the log: a person’s name does not belong there').not.toContain('Lovelace');
  },
);

check(
  'A duration is true when the clock is set back',
  {
    rfc: 'chat.v1 §logs',
    hint: [
      'The clock is set back by an hour while a connection is open. How long was it open?',
      'Subtract two readings of performance.now(), which nobody sets. Date.now() is for the time of day.',
    ],
  },
  () => {
    const log = new TestLog('info');
    let now = Date.UTC(2026, 0, 1);
    const monitor = startMonitor({ log: log.log, clock: clockAt(() => now) });
    const connection = monitor.opened('192.0.2.1', idle);
    now -= 3_600_000;
    connection.closed(1000);
    const duration = Number(log.lines[0]?.durationMs);
    expect(duration, 'durationMs').toBeGreaterThanOrEqual(0);
    expect(duration, 'durationMs').toBeLessThan(60_000);
  },
);

check(
  'What a stranger can cause a thousand times is not written at info',
  {
    rfc: '6455 §10.4',
    hint: [
      'A client sends nonsense as fast as it can. How much do you write to the disk?',
      'Count it, and write it at debug only. The line at the end has the number.',
    ],
  },
  () => {
    const log = new TestLog('info');
    const monitor = startMonitor({ log: log.log });
    const connection = monitor.opened('192.0.2.1', idle);
    for (let n = 0; n < 1_000; n++) {
      connection.received('unreadable', 10);
      connection.refused('bad_message');
      monitor.refusedHandshake(403);
    }
    expect(log.lines, 'lines at level info').toEqual([]);
    connection.closed(1008);
    expect(log.lines[0]?.refusals, 'refusals, in the line at the end').toBe(1_000);
  },
);

check(
  'A field that is not on the list is not written, whatever it is called',
  {
    rfc: '6750 §5.3',
    hint: [
      'You leave out `ticket` and `authorization`. Tomorrow somebody logs `request`.',
      'Keep what is in loggedFields, and only text, numbers and booleans: everything else is dropped.',
    ],
  },
  () => {
    const written = new TestLog('debug');
    const log = written.untyped;
    log.info({ connection: 'c1', ticket: 'secret', authorization: 'Bearer secret', cookie: 'secret' }, 'a');
    log.info({ connection: 'c2', code: 1000, isUp: false, whatever: 'secret' }, 'b');
    log.warn(
      { connection: 'c3', request: { headers: { authorization: 'secret' } }, content: ['secret'] },
      'c',
    );
    log.error({ address: { secret: 'secret' }, user: ['secret'], node: { toJSON: () => 'secret' } }, 'd');
    expect(written.text, 'what was written').not.toContain('secret');
    const [first, second, third] = written.lines;
    expect(first).toMatchObject({ connection: 'c1', msg: 'a' });
    expect(second).toMatchObject({ connection: 'c2', code: 1000, isUp: false, msg: 'b' });
    expect(third).toMatchObject({ connection: 'c3', msg: 'c' });
    log.info(Object.fromEntries(loggedFields.map((field, n) => [field, n])), 'all of them');
    const all = written.lines.at(-1) ?? {};
    for (const field of loggedFields)
      expect(all, `the field ${field}, which is on the list`).toHaveProperty(field);
  },
);

check(
  'An error is written without its message, which may quote what a client sent',
  {
    rfc: '6750 §5.3',
    hint: [
      'JSON.parse("secret") throws. What does the message say?',
      'Unexpected token … "secret" is not valid JSON. Write its name, its code and the frames of its stack; of what is no Error, nothing.',
    ],
  },
  () => {
    const written = new TestLog('debug');
    const log = written.untyped;
    const [quoting, refused] = [
      thrownBy(() => JSON.parse('{"content": secret}')),
      new Error('secret\n  at secret'),
    ];
    Object.assign(refused, { code: 'ECONNREFUSED', request: 'secret' });
    log.error({ err: quoting }, 'a fault of ours');
    log.error({ connection: 'c1', err: refused }, 'no answer');
    log.error({ err: refused });
    log.error(quoting);
    log.error({ err: 'secret' }, 'what was thrown is no error');
    expect(written.text, 'what was written').not.toContain('secret');
    const [first, second] = written.lines;
    expect(first).toMatchObject({ msg: 'a fault of ours', err: { type: 'SyntaxError' } });
    expect(second).toMatchObject({ connection: 'c1', err: { type: 'Error', code: 'ECONNREFUSED' } });
    expect(JSON.stringify(first.err), 'where it was thrown').toContain('JSON.parse');
  },
);

function thrownBy(act: () => void): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

check(
  'Nothing is put into the text of a line',
  {
    rfc: '6750 §5.3',
    hint: [
      'log.info({}, "said %s", content): which of your lists does the content pass?',
      'None: hand on the fields and the text, and nothing after them.',
    ],
  },
  () => {
    const written = new TestLog('debug');
    const log = written.untyped;
    log.info({ connection: 'c1' }, 'said %s', 'secret');
    log.info({ connection: 'c1' }, '100 %');
    expect(written.text, 'what was written').not.toContain('secret');
    expect(written.lines.map(({ msg }) => msg)).toEqual(['said %s', '100 %']);
  },
);

check(
  'Nobody can write a line of their own into the log',
  {
    rfc: '8259 §7',
    hint: [
      'A name, an address of X-Forwarded-For: text of strangers, and it may hold a line feed.',
      'One JSON object a line: in JSON a line feed inside text is written as \\n. pino does it, if you let it.',
    ],
  },
  () => {
    const written = new TestLog('debug');
    const { log } = written;
    const forged = '192.0.2.1\n{"level":30,"msg":"closed","user":"root"}\u001b[2J';
    log.info({ connection: 'c1', address: forged }, 'opened');
    log.info({ connection: 'c2' }, 'opened');
    expect(written.text.trimEnd().split('\n'), 'lines').toHaveLength(2);
    expect(written.lines[0].address, 'the address, as it was').toBe(forged);
    expect(written.text, 'a character that a terminal obeys').not.toContain('\u001b');
  },
);

check(
  'Counting a message costs a fraction of a call to prom-client',
  {
    rfc: 'chat.v1 §metrics',
    stretch: true,
    hint: [
      'What does counter.inc({ type }) do, a hundred thousand times a second?',
      'It checks and hashes the labels. Add to plain numbers, and set the counters in `collect`.',
    ],
  },
  () => {
    const connection = startMonitor().opened('192.0.2.1', idle);
    const counter = new Counter({
      name: 'c_total',
      help: 'c',
      labelNames: ['type'],
      registers: [new Registry()],
    });
    const [ours, plain] = [
      () => connection.received('chat', 100),
      () => void counter.inc({ type: 'chat' }),
    ].map((count) => Math.min(...[1, 2, 3, 4].map(() => timeOf(count))));
    expect(plain / ours, 'how many times as fast as counter.inc({ type })').toBeGreaterThan(2);
  },
);

function timeOf(count: () => void): number {
  const begun = performance.now();
  for (let n = 0; n < 50_000; n++) count();
  return performance.now() - begun;
}

check(
  'A connection costs less than 500 bytes',
  {
    rfc: 'chat.v1 §metrics',
    stretch: true,
    hint: [
      'What does each of 100,000 connections hold that they could share?',
      'No closures, no child loggers, no maps, no metrics a connection: numbers, and one reference to what all share.',
    ],
  },
  () => {
    const monitor = startMonitor();
    const count = 5_000;
    const open = (n: number) => monitor.opened('192.0.2.1', idle).received('chat', n);
    for (let n = 0; n < 100; n++) open(n);
    const before = heapBytes();
    for (let n = 0; n < count; n++) open(n);
    const each = (heapBytes() - before) / count;
    expect(each, 'bytes a connection').toBeLessThan(500);
    expect(monitor.connections().length).toBe(count + 100);
  },
);

check(
  'A stall counts by how long it was',
  {
    rfc: 'chat.v1 §metrics',
    stretch: true,
    hint: [
      'The loop was blocked for 200 ms. Ten ticks were due meanwhile. How many do you count?',
      'All, each with its own lateness. One late tick among a thousand good ones would vanish from the 99th percentile.',
    ],
  },
  async () => {
    const monitor = startMonitor();
    await stall(200);
    expect(lateTicks(await scrape(monitor), 0.05), 'ticks more than 50 ms late').toBeGreaterThan(4);
  },
);

check(
  'The level is yours to choose, and info when you do not',
  {
    rfc: 'chat.v1 §logs',
    hint: [
      'What does a busy server write when nobody asked for more?',
      'level, default info, to pino as it is.',
    ],
  },
  () => {
    const lines = (level: string | undefined) => {
      const log = new TestLog(level);
      for (const name of ['debug', 'info', 'warn', 'error'] as const)
        log.log[name]({ connection: 'c1' }, name);
      return log.lines.length;
    };
    expect([lines('debug'), lines(undefined), lines('error'), lines('silent')], 'lines of four').toEqual([
      4, 3, 1, 0,
    ]);
  },
);
