import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { workbookRoot } from '../../workbook/course.ts';
import { Conflation } from '../../workbook/scenarios/conflation.ts';
import type {
  ClientMessage,
  Delta,
  ServerMessage,
  State,
} from '../../workbook/scenarios/dashboard/messages.ts';
import { Reader } from '../../workbook/scenarios/dashboard/reader.ts';
import { Screen } from '../../workbook/scenarios/dashboard/screen.ts';
import { dashboard } from '../../workbook/scenarios/dashboard/server.ts';
import { Source } from '../../workbook/scenarios/dashboard/source.ts';
import { hostScenario, type ScenarioHost } from '../../workbook/scenarios/host.ts';
import { seededRandom } from '../../workbook/seeded-random.ts';
import { JsonClient } from '../support/json-client.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

describe('conflation', () => {
  test('a slot a key: newer changes are merged into what waits', () => {
    const slots = new Conflation<string, number[]>((waiting, newer) => [...waiting, ...newer]);
    slots.push('a', [1]);
    slots.push('b', [2]);
    slots.push('a', [3]);
    expect([slots.size, slots.has('a'), slots.has('c')]).toEqual([2, true, false]);
    // What has waited longest comes first.
    expect([...slots.take()]).toEqual([
      ['a', [1, 3]],
      ['b', [2]],
    ]);
    expect(slots.size).toBe(0);
    slots.push('a', [4]);
    expect([...slots.peek()]).toEqual([['a', [4]]]);
  });
});

describe('a reader and its screen', () => {
  const now = ({ version, values }: Source) => ({ version, values, ageMs: 0 });

  test.each([1, 2, 3])('however seldom it draws, it is right in the end (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const source = new Source(random);
    const [reader, screen] = [new Reader(), new Screen()];
    /** On its way, or being drawn. */
    let message: State | undefined;
    let messages = 0;
    for (let turn = 0; turn < 5_000; turn++) {
      const { name, value } = source.change();
      reader.change(name, value);
      if (turn % 100 === 0) expect(reader.kept(source.version).slots).toBeLessThanOrEqual(40);
      const next = reader.next(now(source));
      if (next) {
        message = next;
        messages++;
      }
      if (!message || random() > 0.01) continue;
      // Now and then one is lost: the screen does not change, and says where it is.
      if (random() < 0.9) expect(screen.apply(message)).toBe(true);
      reader.drawn(screen.version);
      message = undefined;
    }
    if (message) screen.apply(message);
    reader.drawn(screen.version);
    const last = reader.next(now(source));
    if (last) screen.apply(last);
    expect(screen).toEqual({ version: 5_000, values: source.values });
    expect(messages).toBeLessThan(100);
  });

  test('without credit nothing comes, and what waits is told in bytes', () => {
    const source = new Source(seededRandom(1));
    const reader = new Reader();
    expect(reader.next(now(source))).toMatchObject({ type: 'snapshot', version: 0, set: source.values });
    expect(reader.kept(0)).toEqual({ type: 'kept', slots: 0, bytes: 0, changes: 0 });
    for (let count = 0; count < 1_000; count++) {
      const { name, value } = source.change();
      reader.change(name, value);
      expect(reader.next(now(source))).toBeUndefined();
    }
    const kept = reader.kept(1_000);
    expect(kept).toMatchObject({ slots: 40, changes: 1_000 });
    reader.drawn(0);
    const delta = reader.next(now(source)) as Delta;
    expect(delta).toEqual({ type: 'delta', from: 0, to: 1_000, ageMs: 0, set: source.values });
    expect(kept.bytes).toBe(JSON.stringify(delta).length);
  });

  test('a screen that is elsewhere leaves a delta out, says so, and gets a snapshot', () => {
    const source = new Source(seededRandom(1));
    const [reader, screen] = [new Reader(), new Screen()];
    const lost = reader.next(now(source));
    expect(lost?.type).toBe('snapshot');
    reader.drawn(0);
    source.change();
    // As far as it can tell, the reader has version 0, which is where everyone begins.
    const delta = reader.next(now(source)) as Delta;
    expect(screen.apply({ ...delta, from: 7 })).toBe(false);
    reader.drawn(screen.version);
    expect(reader.next(now(source))?.type).toBe('snapshot');
  });
});

test('a delta of the drill is these bytes', () => {
  const delta: Delta = { type: 'delta', from: 812, to: 813, ageMs: 4, set: { 'shop/cpu': 61.2 } };
  const text = JSON.stringify(delta);
  const frame = encodeFrame({ opcode: Opcode.Text, payload: Buffer.from(text) });
  expect(frame).toHaveLength(72);
  expect(frame.subarray(0, 12).toString('hex')).toBe('81467b2274797065223a2264');
  const drill = readFileSync(join(workbookRoot, 'docs/interview/drills/dashboard.md'), 'utf8');
  expect(drill).toContain(text);
  expect(drill).toContain('81 46 7b 22 74 79 70 65 22 3a 22 64');
});

describe('the server of the dashboard', () => {
  const clock = new VirtualClock();
  let host: ScenarioHost;
  const open = () => JsonClient.open<ClientMessage, ServerMessage>(host.port, 'dashboard.v1');

  beforeAll(async () => {
    host = await hostScenario('dashboard', dashboard(clock, seededRandom(101)), 0, '127.0.0.1');
  });
  afterAll(() => host.close());

  test('one reader draws at once, one every second: both are right in the end', async () => {
    const [prompt, slow] = [await open(), await open()];
    const screens = new Map([
      [prompt, new Screen()],
      [slow, new Screen()],
    ]);
    const draw = async (client: typeof prompt) => {
      await client.settled();
      const state = client.received.filter((message): message is State => message.type !== 'kept').at(-1);
      const screen = screens.get(client);
      if (!state || !screen) throw new Error('nothing to draw');
      expect(screen.apply(state)).toBe(true);
      client.send({ type: 'drawn', version: screen.version });
      await client.settled();
    };
    const pass = async (ms: number) => {
      clock.advance(ms);
      await Promise.all([prompt.settled(), slow.settled()]);
    };
    await pass(100);
    for (let tenth = 1; tenth <= 20; tenth++) {
      await draw(prompt);
      if (tenth % 10 === 0) await draw(slow);
      await pass(100);
    }
    expect(prompt.of('snapshot')).toHaveLength(1);
    expect([prompt.of('delta').length, slow.of('delta').length]).toEqual([20, 2]);
    const kept = slow.of('kept').at(-1);
    expect(kept?.slots).toBeLessThanOrEqual(40);
    expect(kept?.bytes).toBeLessThan(800);

    prompt.send({ type: 'source', running: false });
    await draw(prompt);
    await draw(slow);
    await pass(100);
    await draw(prompt);
    await draw(slow);
    expect(screens.get(slow)).toEqual(screens.get(prompt));
    // The source is silent: deltas are empty, and say how old all of this is.
    await pass(100);
    expect(prompt.of('delta').at(-1)).toMatchObject({ set: {}, ageMs: 200 });
  });

  test.each([
    ['bytes', Buffer.from('{}'), 1003],
    ['no JSON', 'drawn', 1008],
    ['a version that is none', '{"type":"drawn","version":-1}', 1008],
  ])('%s: closed with the code that fits', async (_, message, code) => {
    const client = await open();
    client.sendRaw(message);
    expect(await client.closed).toBe(code);
  });
});
