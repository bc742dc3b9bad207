/**
 * Attacks on the whole chat, in a process of its own, while ten people go on chatting. Each attack must end as it
 * should; the server's memory must stay bounded, nobody else be thrown out, and what they say arrive in time.
 * What was measured is printed at the end. About 50 s on two quiet cores.
 */
import { createDeflateRaw, constants as zlib } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Opcode } from '#labs/03-frames';
import { serverLimits } from '../../workbook/chat/limits.ts';
import { Attacker, frame, handshake, text } from './attacks/attacker.ts';
import { sessionFor, ticketFor } from './attacks/sign-in.ts';
import { type Figures, tableOf, World } from './attacks/world.ts';

vi.setConfig({ testTimeout: 60_000 });

const caps = { total: 1_000, perAddress: 100 };
const world = new World({ caps });

beforeAll(() => world.start());
afterAll(async () => {
  console.log(tableOf(world.figures));
  await world.stop();
});

/** So much more memory may the process take during an attack, in MiB: garbage that was not collected yet included. */
const rssMargin = 160;
/** So much more may be in use after it, all garbage collected. */
const heapMargin = 16;
/**
 * How long others may wait for a message, in ms: half of them, and all but one in a hundred. On a machine that is
 * busy with other things, ten times as long as when nobody attacks.
 */
const usable = { p50: 250, p99: 2_000 };

function expectUnharmed(figures: Figures): void {
  const { attack, heapBefore, heapAfter, rssBefore, rssPeak, p50, p99, lost } = figures;
  expect(rssPeak - rssBefore, `${attack}: MiB more at the peak`).toBeLessThan(rssMargin);
  expect(heapAfter - heapBefore, `${attack}: MiB more in use afterwards`).toBeLessThan(heapMargin);
  const [calm] = world.figures;
  const mostP50 = Math.max(usable.p50, 10 * calm.p50);
  expect(p50, `${attack}: ms until others saw a message, p50`).toBeLessThan(mostP50);
  expect(p99, `${attack}: the same, p99`).toBeLessThan(Math.max(usable.p99, 10 * calm.p99));
  expect(lost, `${attack}: others who were thrown out`).toBe(0);
}

/** So many at once. */
async function many<T>(count: number, make: (index: number) => T | Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

/** How often each value is there. */
function tally(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

const address = '203.0.113.7';

test('no attack, for comparison', async () => {
  expectUnharmed(await world.during('none', async () => {}));
});

describe('before there is a WebSocket', () => {
  test('slow handshakes are cut, whether they drip or are silent', async () => {
    const figures = await world.during('300 slow handshakes', async () => {
      const startedAt = performance.now();
      const dripping = await many(100, () => new Attacker(world.host, `${handshake(address)}X-Slow: `));
      for (const attacker of dripping) attacker.drip(500);
      const bodies = await many(
        100,
        () => new Attacker(world.host, 'POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n'),
      );
      for (const attacker of bodies) attacker.drip(500);
      const silent = await many(100, () => new Attacker(world.host, ''));
      await Promise.all([...dripping, ...bodies, ...silent].map(({ closed }) => closed));
      expect(performance.now() - startedAt).toBeLessThan(1.25 * serverLimits.handshakeMs + 3_000);
    });
    expectUnharmed(figures);
  });

  test('a flood of headers is refused or read whole, and crashes nothing', async () => {
    const figures = await world.during('50 handshakes of 2,500 headers', async () => {
      const flooded = handshake(address).replace('Connection', `${'a:\r\n'.repeat(2_500)}Connection`);
      const attackers = await many(50, () => new Attacker(world.host, `${flooded}\r\n`));
      const statuses = await Promise.all(attackers.map(({ status }) => status));
      for (const status of statuses) expect([101, 400, 431]).toContain(status);
      for (const attacker of attackers) attacker.cut();
    });
    expectUnharmed(figures);
  });

  test('headers of a megabyte are refused', async () => {
    const figures = await world.during('100 handshakes of 1 MiB', async () => {
      const head = `${handshake(address)}Cookie: ${'x'.repeat(1_048_576)}\r\n\r\n`;
      const attackers = await many(100, () => new Attacker(world.host, head));
      const statuses = await Promise.all(attackers.map(({ status }) => status));
      // The answer may be lost where the attacker is still sending when the server ends TCP.
      for (const status of statuses) expect([0, 431]).toContain(status);
      await Promise.all(attackers.map(({ closed }) => closed));
    });
    expectUnharmed(figures);
  });

  test('one address gets so many connections, and others still get in', async () => {
    const figures = await world.during('300 connections from one address', async () => {
      const attackers = await many(300, () => new Attacker(world.host, `${handshake(address)}\r\n`));
      const statuses = await Promise.all(attackers.map(({ status }) => status));
      expect(tally(statuses)).toEqual({ 101: caps.perAddress, 503: 300 - caps.perAddress });
      const newcomer = await Attacker.join(world.host, { address: '192.0.2.1' }, 'lobby');
      newcomer.cut();
      for (const attacker of attackers) attacker.cut();
      await Promise.all(attackers.map(({ closed }) => closed));
    });
    expectUnharmed(figures);
  });

  test('an address that the client made up counts for nothing', async () => {
    const figures = await world.during('300 connections, each with a forged address', async () => {
      const attackers = await many(300, (index) => {
        const forged = `10.${index >> 8}.${index & 255}.1, ${address}`;
        return new Attacker(world.host, `${handshake(forged)}\r\n`);
      });
      const statuses = await Promise.all(attackers.map(({ status }) => status));
      expect(tally(statuses)).toEqual({ 101: caps.perAddress, 503: 300 - caps.perAddress });
      for (const attacker of attackers) attacker.cut();
      await Promise.all(attackers.map(({ closed }) => closed));
    });
    expectUnharmed(figures);
  });
});

describe('frames', () => {
  test('a message in fragments without end is closed with 1009, empty ones too', async () => {
    const figures = await world.during('endless fragments, of 1 byte and of none', async () => {
      const codes = await many(20, async (index) => {
        const attacker = await Attacker.join(world.host, { address });
        attacker.send(frame(Opcode.Text, 'x', { fin: false }));
        const fragment = frame(Opcode.Continuation, index % 2 ? 'x' : '', { fin: false });
        await attacker.flood(repeat(fragment, 500), 200);
        return await attacker.closed;
      });
      expect(tally(codes)).toEqual({ 1009: 20 });
    });
    expectUnharmed(figures);
  });

  test('a flood of pings is closed with 1008, though its pongs are not read', async () => {
    const figures = await world.during('ping floods, pongs not read', async () => {
      const codes = await many(20, async (index) => {
        const attacker = await Attacker.join(world.host, { address, isStubborn: true });
        if (index % 2) attacker.pause();
        await attacker.flood(repeat(frame(Opcode.Ping, 'x'.repeat(125)), 100), 500);
        attacker.resume();
        return await attacker.closed;
      });
      // Who did not read in time never saw why.
      for (const code of codes) expect([1008, 1006]).toContain(code);
      expect(codes).toContain(1008);
    });
    expectUnharmed(figures);
  });

  test('a bomb is not inflated', async () => {
    const bomb = await deflateZeros(64);
    expect(bomb.length).toBeLessThan(serverLimits.maxPayloadLength);
    const figures = await world.during(`bombs: ${kib(bomb)} KiB for 64 MiB`, async () => {
      const codes = await many(20, async () => {
        const attacker = await Attacker.join(world.host, { address, compression: true });
        attacker.send(frame(Opcode.Text, bomb, { rsv1: true }));
        return await attacker.closed;
      });
      expect(tally(codes)).toEqual({ 1009: 20 });
    });
    expectUnharmed(figures);
  });

  test('a giant is refused at its header, and room is made only for what comes', async () => {
    const figures = await world.during('giant messages, and claims of them', async () => {
      const giants = await many(20, async () => {
        const attacker = await Attacker.join(world.host, { address });
        attacker.send(announce(2 ** 40));
        return await attacker.closed;
      });
      expect(tally(giants)).toEqual({ 1009: 20 });
      // The longest frame there may be, announced fifty times, and then nothing.
      const claims = await many(50, async () => {
        const attacker = await Attacker.join(world.host, { address });
        attacker.send(Buffer.concat([announce(serverLimits.maxPayloadLength), Buffer.alloc(100)]));
        return attacker;
      });
      const long = await Attacker.join(world.host, { address });
      long.send(frame(Opcode.Text, 'x'.repeat(100_000)));
      await long.until(1, 'error too_large');
      for (const attacker of [...claims, long]) attacker.cut();
    });
    expectUnharmed(figures);
  });
});

describe('messages', () => {
  test('a flood is refused, told how long to wait, and closed with 1008', async () => {
    const figures = await world.during('5 floods of messages', async () => {
      const attackers = await many(10, () =>
        Attacker.join(world.host, { address, isStubborn: true }, 'flooded'),
      );
      const message = text({ type: 'chat', id: 'flood', room: 'flooded', content: 'x'.repeat(100) });
      await Promise.all(attackers.map((attacker) => attacker.flood(repeat(message, 100), 200)));
      const codes = await Promise.all(attackers.map(({ closed }) => closed));
      // 1013 for those who were so busy sending that they did not read the refusals, 1006 if not even that.
      for (const code of codes) expect([1008, 1013, 1006]).toContain(code);
      for (const attacker of attackers) expect(attacker.count('error rate_limited')).toBeGreaterThan(0);
    });
    expectUnharmed(figures);
  });

  test('a user has one allowance, however many connections', async () => {
    const figures = await world.during('20 connections of one user', async () => {
      const headers = { 'X-Forwarded-For': address };
      const session = await sessionFor(world.host, 'many tabs', headers);
      const tabs = await many(20, async () => {
        const ticket = await ticketFor(world.host, '', headers, session);
        const tab = await Attacker.connect(world.host, { address });
        tab.send(text({ type: 'auth', ticket }));
        await tab.until(1, 'welcome');
        return tab;
      });
      for (const tab of tabs) tab.send(repeat(text({ type: 'ping' }), 100));
      await Promise.all(tabs.map((tab) => tab.until(100, 'pong', 'error rate_limited')));
      const passed = tabs.reduce((sum, tab) => sum + tab.count('pong'), 0);
      // The burst, and what a second or two bring.
      expect(passed).toBeLessThan(800);
      for (const tab of tabs) tab.cut();
    });
    expectUnharmed(figures);
  });

  test('rooms without number are refused, and nothing of them stays', async () => {
    const figures = await world.during('20 floods of rooms', async () => {
      const attackers = await many(20, () => Attacker.join(world.host, { address }));
      for (const [index, attacker] of attackers.entries()) {
        for (let n = 0; n < 150; n++) attacker.send(text({ type: 'join', room: `room ${index} ${n}` }));
      }
      await Promise.all(attackers.map((attacker) => attacker.until(150, 'joined', 'error forbidden')));
      for (const attacker of attackers) expect(attacker.count('joined')).toBeLessThanOrEqual(100);
      const newcomer = await Attacker.join(world.host, { address: '192.0.2.1' }, 'lobby');
      for (const attacker of [...attackers, newcomer]) attacker.cut();
    });
    expectUnharmed(figures);
  });

  test('a reader that asks for much and never reads is closed with 1013', async () => {
    const figures = await world.during('10 readers that do not read', async () => {
      const writer = await Attacker.join(world.host, { address }, 'long');
      for (let n = 0; n < 40; n++) {
        writer.send(text({ type: 'chat', id: `long ${n}`, room: 'long', content: 'x'.repeat(4_000) }));
      }
      await writer.until(40, 'ack');
      const readers = await many(10, () => Attacker.join(world.host, { address }, 'long'));
      for (const reader of readers) {
        reader.pause();
        reader.send(repeat(text({ type: 'join', room: 'long' }), 120));
      }
      // Those who do read have been served by now.
      const newcomer = await Attacker.join(world.host, { address: '192.0.2.1' }, 'lobby');
      for (const reader of readers) reader.resume();
      const codes = await Promise.all(readers.map(({ closed }) => closed));
      for (const code of codes) expect([1013, 1006]).toContain(code);
      for (const attacker of [writer, newcomer]) attacker.cut();
    });
    expectUnharmed(figures);
  });
});

/** The head of a masked text frame that claims to be so long (RFC 6455 §5.2). */
function announce(payloadLength: number): Buffer {
  const head = Buffer.alloc(14);
  head.set([0x81, 0xff]);
  head.writeBigUInt64BE(BigInt(payloadLength), 2);
  return head;
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

function kib(bytes: Buffer): number {
  return Math.round(bytes.length / 1024);
}

/** So many MiB of zeros as one compressed message: without the four bytes of its end (RFC 7692 §7.2.1). */
async function deflateZeros(mebibytes: number): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: 9, finishFlush: zlib.Z_SYNC_FLUSH });
  const zeros = Buffer.alloc(1_048_576);
  for (let n = 0; n < mebibytes; n++) deflate.write(zeros);
  deflate.end();
  const chunks: Buffer[] = [];
  for await (const chunk of deflate) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).subarray(0, -4);
}
