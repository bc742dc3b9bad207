import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { Connection } from '#labs/06-connection';
import { Arena, maxPlayers, type Seat } from '../../workbook/scenarios/game/arena.ts';
import { GameClient, type Scene } from '../../workbook/scenarios/game/client.ts';
import {
  decodeInput,
  decodeSnapshot,
  encodeInput,
  encodeSnapshot,
  type Input,
  type InputMessage,
  MalformedMessage,
  type Snapshot,
} from '../../workbook/scenarios/game/codec.ts';
import { DelayLine } from '../../workbook/scenarios/game/delay-line.ts';
import { FixedStep } from '../../workbook/scenarios/game/fixed-step.ts';
import { placesBetween, Timeline } from '../../workbook/scenarios/game/interpolation.ts';
import { Prediction } from '../../workbook/scenarios/game/prediction.ts';
import { game } from '../../workbook/scenarios/game/server.ts';
import {
  type Body,
  bump,
  height,
  Key,
  radius,
  step,
  tickMs,
  unit,
  width,
} from '../../workbook/scenarios/game/world.ts';
import { hostScenario } from '../../workbook/scenarios/host.ts';
import { TestSocket } from '../support/test-socket.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const keys = fc.integer({ min: 0, max: 15 });
const byte = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const inputs = fc.record({ seq: u32, keys, seen: u32 });
const players = fc.array(fc.record({ id: byte, x: u16, y: u16, vx: i16, vy: i16 }), { maxLength: 20 });
const snapshots = fc.record({ you: byte, tick: u32, acknowledged: u32, players });

describe('the codec', () => {
  test('gives back what it was given', () => {
    fc.assert(
      fc.property(inputs, snapshots, (input, snapshot) => {
        expect(decodeInput(encodeInput(input))).toEqual(input);
        expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
      }),
    );
  });

  test('reads bytes that begin in the middle of a larger buffer', () => {
    fc.assert(
      fc.property(snapshots, byte, (snapshot, before) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 0xff), encodeSnapshot(snapshot)]);
        expect(decodeSnapshot(bytes.subarray(before))).toEqual(snapshot);
      }),
    );
  });

  test('refuses every message that is cut short, and every one with a byte too many', () => {
    fc.assert(
      fc.property(inputs, snapshots, (input, snapshot) => {
        for (const [bytes, decode] of [
          [encodeInput(input), decodeInput],
          [encodeSnapshot(snapshot), decodeSnapshot],
        ] as const) {
          for (let length = 0; length < bytes.length; length++) {
            expect(() => decode(bytes.subarray(0, length))).toThrow(MalformedMessage);
          }
          expect(() => decode(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedMessage);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('refuses another type, keys that do not exist, and noise, with a reason that a Close frame can hold', () => {
    const wrong: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
      [Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0, 0, 0), decodeInput],
      [Uint8Array.of(1, 16, 0, 0, 0, 1, 0, 0, 0, 0), decodeInput],
      [Uint8Array.of(1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0), decodeSnapshot],
    ];
    for (const [bytes, decode] of wrong) expect(() => decode(bytes)).toThrow(MalformedMessage);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(decodeInput, decodeSnapshot),
        (bytes, decode) => {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedMessage);
            expect(Buffer.byteLength((error as Error).message)).toBeLessThanOrEqual(123);
          }
        },
      ),
    );
  });
});

describe('the world', () => {
  const inside = fc.record({
    x: fc.integer({ min: radius, max: width - radius }),
    y: fc.integer({ min: radius, max: height - radius }),
    vx: fc.integer({ min: -384, max: 384 }),
    vy: fc.integer({ min: -384, max: 384 }),
  });

  test('keeps whole numbers that fit the fields of a snapshot, whatever is pressed', () => {
    fc.assert(
      fc.property(inside, fc.array(keys, { maxLength: 100 }), (body, pressed) => {
        const after = pressed.reduce(step, body);
        const snapshot: Snapshot = { you: 1, tick: 0, acknowledged: 0, players: [{ id: 1, ...after }] };
        expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
        expect(after.x).toBeGreaterThanOrEqual(radius);
        expect(after.x).toBeLessThanOrEqual(width - radius);
        expect(after.y).toBeGreaterThanOrEqual(radius);
        expect(after.y).toBeLessThanOrEqual(height - radius);
      }),
    );
  });

  test('has a highest speed, diagonals included, and comes to rest', () => {
    const speedAfter = (ticks: number, keys: number, from: Body) => {
      let body = from;
      // Far from any wall: only the speed is looked at.
      for (let tick = 0; tick < ticks; tick++) body = { ...step(body, keys), x: width / 2, y: height / 2 };
      return Math.hypot(body.vx, body.vy);
    };
    const still = { x: width / 2, y: height / 2, vx: 0, vy: 0 };
    const straight = speedAfter(100, Key.Left, still);
    expect(straight).toBeGreaterThan(11 * unit);
    expect(Math.abs(straight - speedAfter(100, Key.Up | Key.Right, still))).toBeLessThan(unit / 2);
    expect(speedAfter(100, 0, { ...still, vx: -384, vy: 384 })).toBe(0);
    expect(speedAfter(10, Key.Left | Key.Right | Key.Up | Key.Down, still)).toBe(0);
  });

  test('players who meet exchange their speeds once, and let each other go', () => {
    const one = { x: 10_000, y: 5_000, vx: 300, vy: 0 };
    const other = { x: 10_000 + radius, y: 5_000, vx: -100, vy: 40 };
    const [hit, struck] = bump(one, other);
    expect([hit.vx, hit.vy, struck.vx, struck.vy]).toEqual([-100, 40, 300, 0]);
    expect(bump(hit, struck)).toEqual([hit, struck]);
    const away = { ...other, x: one.x + 2 * radius };
    expect(bump(one, away)).toEqual([one, away]);
  });
});

describe('fixed steps', () => {
  test('are as many, however often one looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 50 }), (pauses) => {
        const pace = new FixedStep(50, 10, 0);
        let now = 0;
        let steps = 0;
        for (const pause of pauses) {
          now += pause;
          steps += pace.due(now);
          expect(pace.remaining(now)).toBeGreaterThan(0);
          expect(pace.fraction(now)).toBeCloseTo((now % 50) / 50);
        }
        expect(steps).toBe(Math.floor(now / 50));
      }),
    );
  });

  test('are given up after a long pause, and survive a clock that is put back', () => {
    const pace = new FixedStep(50, 10, 1_000);
    expect(pace.due(3_600_025)).toBe(10);
    expect(pace.due(3_600_050)).toBe(1);
    expect(pace.due(1_000)).toBe(0);
    expect(pace.due(1_050)).toBe(1);
  });
});

describe('the arena', () => {
  test('takes no more steps of a player than there are ticks, and five late ones', () => {
    const [honest, cheat] = [new Arena(0), new Arena(0)];
    const seats = [entered(honest), entered(cheat)];
    for (let tick = 1; tick <= 40; tick++) {
      seats[0].inputs.push({ seq: tick, keys: Key.Right });
      for (const seq of [3 * tick - 2, 3 * tick - 1, 3 * tick])
        seats[1].inputs.push({ seq, keys: Key.Right });
      honest.step();
      cheat.step();
    }
    expect(seats[1]).toEqual({ ...seats[0], acknowledged: 120 });

    const late = new Arena(0);
    const seat = entered(late);
    for (let tick = 0; tick < 100; tick++) late.step();
    for (let seq = 1; seq <= 9; seq++) seat.inputs.push({ seq, keys: Key.Right });
    const start = seat.body;
    late.step();
    expect(seat.body).toEqual([1, 2, 3, 4, 5].reduce((body) => step(body, Key.Right), start));
    expect(seat.acknowledged).toBe(9);
  });

  test('has twelve places, and gives one that is left to the next', () => {
    const arena = new Arena(3);
    const seats = Array.from({ length: maxPlayers - 3 }, () => entered(arena));
    expect(new Set(seats.map(({ id }) => id)).size).toBe(9);
    expect(arena.enter()).toBeUndefined();
    arena.leave(seats[4]);
    expect(arena.enter()?.id).toBe(seats[4].id);
    // The frame's header stays at two bytes (RFC 6455 §5.2).
    expect(encodeSnapshot(arena.snapshotFor(seats[0])).length).toBeLessThanOrEqual(125);
  });

  test('has bots, and all of them move all the time', () => {
    const arena = new Arena(3);
    const you = entered(arena);
    const botsNow = () => arena.snapshotFor(you).players.filter(({ id }) => id !== you.id);
    expect(botsNow()).toHaveLength(3);
    for (let tick = 0; tick < 200; tick++) {
      const before = botsNow();
      arena.step();
      for (const [index, bot] of botsNow().entries()) expect(bot).not.toEqual(before[index]);
    }
  });
});

describe('prediction', () => {
  const start: Body = { x: 8_000, y: 8_000, vx: 0, vy: 0 };

  test('is right as long as nothing happens that only the server knows, however late the answers are', () => {
    fc.assert(
      fc.property(
        fc.array(keys, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 20 }),
        (all, lag) => {
          const prediction = new Prediction(start);
          const onTheWay: Input[] = [];
          let body = start;
          for (const pressed of all) {
            const input = prediction.press(pressed);
            if (input) onTheWay.push(input);
            if (onTheWay.length <= lag) continue;
            const [{ seq, keys }] = onTheWay.splice(0, 1);
            body = step(body, keys);
            expect(prediction.reconcile(body, seq)).toBe(0);
            expect(prediction.unacknowledged).toBe(onTheWay.length);
          }
          expect(prediction.at(1)).toEqual({ x: all.reduce(step, start).x, y: all.reduce(step, start).y });
        },
      ),
    );
  });

  test('shows a correction by and by, and ends where the server has the player', () => {
    const prediction = new Prediction(start);
    prediction.press(0);
    const struck = { ...start, x: start.x + 6_400 };
    expect(prediction.reconcile(struck, 1)).toBe(6_400);
    const shown: number[] = [];
    for (let tick = 0; tick < 16; tick++) {
      prediction.press(0);
      shown.push(prediction.at(0).x, prediction.at(0.5).x);
    }
    expect(shown[0]).toBe(start.x);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown[2]).toBe(start.x + 3_200);
    expect(prediction.at(1).x).toBeCloseTo(struck.x, 0);
  });

  test('stands still when a hundred inputs have had no answer', () => {
    const prediction = new Prediction(start);
    const sent = Array.from({ length: 120 }, () => prediction.press(Key.Right)).filter(Boolean);
    expect(sent).toHaveLength(100);
    prediction.reconcile(start, 60);
    expect(prediction.press(Key.Right)).toEqual({ seq: 101, keys: Key.Right });
  });
});

describe('interpolation', () => {
  const at = (tick: number, x: number, ...others: number[]): Snapshot => ({
    you: 1,
    tick,
    acknowledged: 0,
    players: [x, ...others].map((x, index) => ({ id: index + 1, x, y: 0, vx: 0, vy: 0 })),
  });

  test('puts everyone on the line between two ticks, one apart or more', () => {
    expect(placesBetween(at(10, 100), at(11, 200), 10.25).get(1)).toEqual({ x: 125, y: 0 });
    expect(placesBetween(at(10, 100), at(14, 200), 11).get(1)).toEqual({ x: 125, y: 0 });
    expect(placesBetween(at(10, 100), at(11, 200), 9).get(1)?.x).toBe(100);
    expect(placesBetween(at(10, 100), at(11, 200), 99).get(1)?.x).toBe(200);
    expect(placesBetween(at(10, 100), at(10, 100), 10).get(1)?.x).toBe(100);
  });

  test('shows who came where they are, and does not show who left', () => {
    expect(placesBetween(at(1, 0), at(2, 10, 70), 1.5).get(2)?.x).toBe(70);
    expect([...placesBetween(at(1, 0, 70), at(2, 10), 1.5).keys()]).toEqual([1]);
  });

  test('plays 100 ms behind, evenly, though snapshots come late and in bursts', () => {
    const timeline = new Timeline();
    // One every 50 ms, 30 ms under way; 5 to 8 are held up and come together, even 8 with 20 ms more.
    const arrival = (tick: number) => (tick >= 5 && tick <= 8 ? 450 : tick * tickMs + 30);
    const shown: number[] = [];
    let next = 1;
    for (let now = 80; now <= 1_000; now += 10) {
      while (arrival(next) <= now) timeline.add(at(next, next++ * 100), now);
      shown.push(timeline.at(now).get(1)?.x ?? Number.NaN);
      // The tick that is shown is 130 ms old: 30 under way and 100 behind. Tick 4 is the last before the gap.
      const ideal = ((now - 130) / tickMs) * 100;
      const held = now < arrival(8) ? Math.min(ideal, 400) : ideal;
      expect(shown.at(-1)).toBeCloseTo(Math.max(held, 100), 6);
    }
    expect(new Set(shown).size).toBeGreaterThan(60);
  });

  test('keeps a second of snapshots, and follows when the line becomes longer', () => {
    const timeline = new Timeline();
    expect(timeline.at(0).size).toBe(0);
    for (let tick = 1; tick <= 100; tick++) timeline.add(at(tick, tick * 100), tick * tickMs);
    for (let tick = 101; tick <= 120; tick++) timeline.add(at(tick, tick * 100), tick * tickMs + 200);
    expect(timeline.newest?.tick).toBe(120);
    expect(timeline.at(120 * tickMs + 200).get(1)?.x).toBe(118 * 100);
    expect(timeline.at(0).get(1)?.x).toBeGreaterThanOrEqual(101 * 100);
  });
});

test('a delay line keeps the order, holds back what is behind a lost segment, and forgets', () => {
  const clock = new VirtualClock();
  const begun = clock.now();
  const got: [string, number][] = [];
  const line = new DelayLine<string>((item) => got.push([item, clock.now() - begun]), clock);
  line.push('at once');
  line.delayMs = 100;
  line.push('a');
  line.delayMs = 10;
  line.push('not before a');
  clock.advance(200);
  line.block(200);
  line.push('lost');
  clock.advance(50);
  line.push('behind it');
  clock.advance(300);
  expect(got).toEqual([
    ['at once', 0],
    ['a', 100],
    ['not before a', 100],
    ['lost', 400],
    ['behind it', 400],
  ]);
  line.push('forgotten');
  line.stop();
  clock.advance(100);
  expect(got).toHaveLength(5);
  expect(clock.timerCount).toBe(0);
});

/** A seat in an arena that has room. */
function entered(arena: Arena): Seat {
  const seat = arena.enter();
  if (!seat) throw new Error('There was no place');
  return seat;
}

/** A page and the world with lines of 100 ms between them; everything in virtual time. */
class Match {
  readonly clock = new VirtualClock();
  readonly arena = new Arena(1);
  readonly seat = entered(this.arena);
  readonly down = new DelayLine<Uint8Array>(
    (bytes) => this.client.receive(bytes, this.clock.now()),
    this.clock,
  );
  readonly up = new DelayLine<Uint8Array>((bytes) => this.seat.inputs.push(decodeInput(bytes)), this.clock);
  readonly client = new GameClient((bytes) => this.up.push(bytes));

  constructor() {
    this.down.delayMs = 100;
    this.up.delayMs = 100;
  }

  /** So many ticks of both, with these keys down. */
  run(ticks: number, keys: number): void {
    for (let tick = 0; tick < ticks; tick++) {
      this.clock.advance(tickMs);
      this.arena.step();
      this.down.push(encodeSnapshot(this.arena.snapshotFor(this.seat)));
      this.client.step(keys, this.clock.now());
    }
  }

  scene(prediction: boolean, interpolation: boolean): Scene {
    return this.client.scene(this.clock.now(), 1, { prediction, interpolation });
  }

  /** Where one's own player is drawn, in whole points. */
  ownX(prediction: boolean, interpolation = true): number {
    const { places, you } = this.scene(prediction, interpolation);
    return Math.round((places.get(you)?.x ?? Number.NaN) / unit);
  }
}

describe('the client', () => {
  test('shows its own player at once with prediction, and a round trip later without', () => {
    const match = new Match();
    match.run(20, 0);
    const start = match.ownX(true);
    expect([match.ownX(false), match.ownX(false, false)]).toEqual([start, start]);

    match.run(1, Key.Right);
    expect(match.ownX(true)).toBeGreaterThan(start);
    let ticks = 1;
    while (match.ownX(false, false) === start) {
      match.run(1, Key.Right);
      ticks++;
    }
    expect((ticks - 1) * tickMs).toBe(200);
    expect(match.ownX(false, true)).toBe(start);
    expect(match.client.figures).toMatchObject({ roundTripMs: 200, corrections: 0, skipped: 0 });
    expect(match.client.figures.unacknowledged).toBe(4);
  });

  test('draws the others 100 ms behind the newest snapshot, or in it', () => {
    const match = new Match();
    match.run(40, 0);
    const [bot] = match.arena.snapshotFor(match.seat).players;
    const past = new Map<number, { x: number; y: number }>();
    for (let tick = 0; tick < 20; tick++) {
      match.run(1, 0);
      const { players, tick: number } = match.arena.snapshotFor(match.seat);
      past.set(number, { x: players[0].x, y: players[0].y });
    }
    const newest = match.client.figures.tick;
    expect(match.scene(true, false).places.get(bot.id)).toMatchObject(past.get(newest) as object);
    expect(match.scene(true, true).places.get(bot.id)).toEqual(past.get(newest - 2));
  });

  test('catches up with a line that was blocked, without a correction', () => {
    const match = new Match();
    match.run(20, Key.Down);
    match.up.block(200);
    match.down.block(200);
    match.run(20, Key.Right);
    expect(match.client.figures).toMatchObject({ corrections: 0, roundTripMs: 200, unacknowledged: 4 });
  });

  test('is corrected when somebody bumps into its player', () => {
    const match = new Match();
    match.run(20, 0);
    match.seat.body = { ...match.seat.body, vx: 300 };
    match.run(10, 0);
    expect(match.client.figures.corrections).toBeGreaterThan(0);
    expect(match.client.figures.lastCorrection).toBeGreaterThan(0);
    match.run(60, 0);
    expect(match.ownX(true)).toBe(match.ownX(false));
  });
});

/** A page that hides nothing, by another library: it sends what it is told to, and keeps what comes. */
class Page {
  readonly socket: WebSocket;
  readonly received: Snapshot[] = [];
  /** Code and reason of the end, once it has come. */
  readonly closed: Promise<[code: number, reason: string]>;

  private constructor(port: number) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, 'game.v1');
    this.socket.on('message', (data: Buffer) => this.received.push(decodeSnapshot(data)));
    this.closed = once(this.socket, 'close').then(([code, reason]) => [code, String(reason)]);
    onTestFinished(() => this.socket.terminate());
  }

  static async open(port: number): Promise<Page> {
    const page = new Page(port);
    await once(page.socket, 'open');
    return page;
  }

  send(message: InputMessage): void {
    this.socket.send(encodeInput(message));
  }

  /** All that was sent before has been read on both sides: a pong stays behind what was sent before it. */
  async settle(): Promise<void> {
    this.socket.ping();
    await once(this.socket, 'pong');
  }

  get ticks(): number[] {
    return this.received.map(({ tick }) => tick);
  }
}

describe('the server', () => {
  async function start(bots = 0) {
    const clock = new VirtualClock();
    const host = await hostScenario('game', game(clock, bots), 0, '127.0.0.1');
    onTestFinished(() => host.close());
    const join = () => Page.open(host.port);
    /** So many ticks, each with time for what it sends to arrive. */
    const run = async (ticks: number, page: Page) => {
      for (let tick = 0; tick < ticks; tick++) {
        clock.advance(tickMs);
        await page.settle();
      }
    };
    return { clock, join, run };
  }

  test('sends a snapshot a tick, with what the page has done', async () => {
    const { join, run } = await start();
    const page = await join();
    await run(1, page);
    page.send({ seq: 7, keys: Key.Right, seen: 1 });
    await page.settle();
    await run(1, page);
    const [first, second] = page.received;
    expect(first).toMatchObject({ you: 1, tick: 1, acknowledged: 0 });
    expect(first.players).toHaveLength(1);
    expect(second).toMatchObject({ you: 1, tick: 2, acknowledged: 7 });
    expect(second.players).toEqual([{ id: 1, ...step(first.players[0], Key.Right) }]);
  });

  test('closes on text with 1003, and on what is no input with 1008 and a reason', async () => {
    const { join } = await start();
    const good = encodeInput({ seq: 1, keys: 0, seen: 0 });
    const flood = Array.from({ length: 101 }, (_, seq) => encodeInput({ seq: seq + 1, keys: 0, seen: 0 }));
    for (const [messages, code, reason] of [
      [['{"keys":1}'], 1003, 'The game takes binary messages only.'],
      [[good.subarray(0, 9)], 1008, 'An input has 10 bytes.'],
      [[new Uint8Array(0)], 1008, 'An input has 10 bytes.'],
      [[good, good], 1008, 'The numbers of inputs rise.'],
      [[encodeInput({ seq: 1, keys: 0, seen: 1 })], 1008, 'That tick was not sent.'],
      [flood, 1008, 'Too many inputs.'],
    ] as const) {
      const page = await join();
      for (const message of messages) page.socket.send(message);
      expect(await page.closed).toEqual([code, reason]);
    }
  });

  test('tells the thirteenth to try again later, and has room when somebody leaves', async () => {
    const { join, run } = await start(3);
    const pages = await Promise.all(Array.from({ length: 9 }, join));
    expect(await (await join()).closed).toEqual([1013, 'The arena is full.']);
    pages[0].socket.close();
    await pages[0].closed;
    const next = await join();
    await run(1, next);
    expect(next.received[0].players).toHaveLength(12);
  });

  test('does the ticks it was too late for, and sends the last of them only', async () => {
    const { clock, join, run } = await start();
    const page = await join();
    await run(1, page);
    clock.freeze(6 * tickMs);
    clock.advance(1);
    await page.settle();
    await run(1, page);
    expect(page.ticks).toEqual([1, 7, 8]);
  });

  test('sends no more to a page that says nothing of what has come, until it does', async () => {
    const { join, run } = await start();
    const page = await join();
    await run(60, page);
    expect(page.ticks).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    page.send({ seq: 1, keys: 0, seen: 41 });
    await page.settle();
    await run(1, page);
    expect(page.ticks.slice(41)).toEqual([61]);
  });

  test('queues nothing for a socket that is full: when it is not, the newest is sent', async () => {
    const clock = new VirtualClock();
    const scenario = game(clock, 0);
    const socket = new TestSocket();
    scenario.accept(new Connection(socket, { role: 'server' }));
    socket.fill();
    const run = async (ticks: number) => {
      for (let tick = 0; tick < ticks; tick++) {
        clock.advance(tickMs);
        // Frames of one turn are written at its end.
        await setImmediate();
      }
    };
    await run(10);
    socket.empty();
    await run(1);
    scenario.stop();
    // Two frames, each of a head of two bytes and 20 of payload.
    const frames = [socket.written.subarray(0, 22), socket.written.subarray(22)];
    expect(frames.map((frame) => decodeSnapshot(frame.subarray(2)).tick)).toEqual([1, 11]);
  });

  test('could not tell by bufferedAmount alone who has stopped reading: the system takes a minute of snapshots', async () => {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const page = connect((listener.address() as AddressInfo).port, '127.0.0.1').pause();
    const [socket] = (await once(listener, 'connection')) as [Socket];
    const connection = new Connection(socket, { role: 'server' });
    const arena = new Arena(0);
    const snapshot = encodeSnapshot(arena.snapshotFor(entered(arena)));
    for (let tick = 0; tick < 60 * 20; tick++) {
      connection.send(snapshot);
      await setImmediate();
      expect(connection.bufferedAmount).toBe(0);
    }
    page.destroy();
    connection.terminate();
    listener.close();
  });

  test('ends who gives no sign of life, and has no timer when nobody is there', async () => {
    const { clock, join } = await start(3);
    const page = await join();
    for (let sweep = 0; sweep < 3; sweep++) {
      clock.advance(15_000);
      await once(page.socket, 'ping');
      await page.settle();
    }
    page.socket.pause();
    clock.advance(30_000);
    page.socket.resume();
    expect((await page.closed)[0]).toBe(1006);
    expect(clock.timerCount).toBe(0);
  });
});

test('the bytes that the page of the drill shows', async () => {
  const hex = (bytes: Uint8Array) =>
    Buffer.from(bytes)
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
  const drawn = (title: string, bytes: Uint8Array, fields: [length: number, what: string][]) => {
    const column = 3 * Math.max(...fields.map(([length]) => length)) + 2;
    let at = 0;
    const lines = fields.map(([length, what]) => {
      const line = `${hex(bytes.subarray(at, at + length)).padEnd(column)}${what}`;
      at += length;
      return line;
    });
    expect(at).toBe(bytes.length);
    return [title, ...lines, ''].join('\n');
  };
  const arena = new Arena(0);
  const ada = entered(arena);
  entered(arena);
  const input = { seq: 1, keys: Key.Right | Key.Down, seen: 0 };
  ada.inputs.push(input);
  arena.step();
  const sent = encodeFrame({
    opcode: Opcode.Binary,
    payload: encodeInput(input),
    maskingKey: Uint8Array.of(0x37, 0xfa, 0x21, 0x3d),
  });
  const snapshot = arena.snapshotFor(ada);
  const received = encodeFrame({ opcode: Opcode.Binary, payload: encodeSnapshot(snapshot) });
  const player = ({ id, x, y, vx, vy }: Snapshot['players'][number]): [number, string][] => [
    [1, `player ${id}`],
    [2, `x  ${x} = ${(x / unit).toFixed(2)} points`],
    [2, `y  ${y} = ${(y / unit).toFixed(2)}`],
    [2, `vx ${vx}: ${(vx / unit).toFixed(2)} a tick`],
    [2, `vy ${vy}`],
  ];
  const text = [
    drawn(`page → server, a frame of ${sent.length} bytes`, sent, [
      [2, 'FIN, binary; masked, 10 bytes'],
      [4, 'masking key'],
      [10, `${hex(encodeInput(input))}, masked`],
    ]),
    drawn('and unmasked', encodeInput(input), [
      [1, 'type: input'],
      [1, 'keys: 2 right + 4 down'],
      [4, 'seq 1'],
      [4, 'seen: tick 0'],
    ]),
    drawn(`server → page, a frame of ${received.length} bytes`, received, [
      [2, `FIN, binary; not masked, ${received.length - 2} bytes`],
      [1, 'type: snapshot'],
      [1, `you are ${snapshot.you}`],
      [1, `${snapshot.players.length} players`],
      [4, `tick ${snapshot.tick}`],
      [4, `your last input in it: ${snapshot.acknowledged}`],
      ...snapshot.players.flatMap(player),
    ]),
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../docs/interview/drills/recorded/game-bytes.txt');
});
