import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Side } from '#labs/09-wire';
import type { WireEvent } from '../../workbook/wire/conversation.ts';
import { framesSeen, handshakesSeen, messagesSeen, ofKind, readWithLab } from '../captures/wire/lab-09.ts';
import { pages } from '../captures/wire/pages.ts';
import { scenes } from '../captures/wire/scenes.ts';
import { noTshark, type Reading, readWithTshark } from '../captures/wire/tshark.ts';

const folder = join(import.meta.dirname, '../captures/wire');
const names = Object.keys(scenes);

function fileOf(name: string, ending = 'pcap'): string {
  return join(folder, `${name}.${ending}`);
}

function storedReading(name: string): Reading {
  return JSON.parse(readFileSync(fileOf(name, 'json'), 'utf8')) as Reading;
}

/**
 * A reading in the terms of lab 09, where packets are known by their times, and without what tshark misreads:
 * the frames of a packet that was cut, for which it takes bytes of the next packet; and a compressed message in
 * fragments, for it inflates each frame by itself.
 */
function comparable({ streams, handshakes, frames, messages, notes }: Reading) {
  const cut = notes.flatMap(({ packet, note }) => (note === 'cut' ? [packet] : []));
  const isCompressed = frames.some(({ rsv }) => rsv === 4);
  const lastFragments = frames.flatMap(({ packet, opcode, fin }) => (opcode === 0 && fin ? [packet] : []));
  const misread = isCompressed ? [...cut, ...lastFragments] : cut;
  const withoutPacket = <T extends { packet: number }>({ packet: _, ...rest }: T) => rest;
  return {
    streams,
    handshakes: handshakes.map(withoutPacket),
    frames: frames.filter(({ packet }) => !cut.includes(packet)).map(withoutPacket),
    messages: messages.filter(({ packet }) => !misread.includes(packet)).map(withoutPacket),
  };
}

function missing(events: WireEvent[], from: Side): number {
  return ofKind(events, 'gap').reduce((sum, gap) => sum + (gap.from === from ? gap.missing : 0), 0);
}

describe('lab 09 reads in a capture what tshark does', () => {
  test.each(names)('%s', async (name) => {
    const expected = comparable(storedReading(name));
    const events = await readWithLab(fileOf(name));
    expect(handshakesSeen(events)).toEqual(expected.handshakes);
    expect(framesSeen(events)).toEqual(expected.frames);
    const times = expected.messages.map(({ at }) => at);
    expect(messagesSeen(events).filter(({ at }) => times.includes(at))).toEqual(expected.messages);
    if (name !== 'compression-afresh') expect(messagesSeen(events)).toEqual(expected.messages);
    for (const { stream, client, server } of events) {
      expect({ client, server }).toEqual({
        client: expected.streams[stream].client,
        server: expected.streams[stream].server,
      });
    }
    expect(ofKind(events, 'error')).toEqual([]);
    if (!['snaplen', 'gap'].includes(name)) expect(ofKind(events, 'gap')).toEqual([]);
  });
});

describe('lab 09 reads what tshark does not', () => {
  test('a compressed message in fragments', async () => {
    const events = await readWithLab(fileOf('compression-afresh'));
    const texts = ofKind(events, 'message').map(({ from, data }) => `${from}: ${data}`);
    expect(texts).toContain('client: {"type":"chat","content":"in two parts"}');
  });

  test('past packets that were cut: header and length of a frame, and the frames behind it', async () => {
    const events = await readWithLab(fileOf('snaplen'));
    const cut = ofKind(events, 'frame').filter(({ payload }) => !payload);
    expect(cut).toMatchObject([
      { from: 'client', opcode: 'text', fin: true, masked: true, length: 2000 },
      { from: 'server', opcode: 'text', fin: true, masked: false, length: 2000 },
    ]);
    const texts = ofKind(events, 'message').map(({ data }) => data.toString());
    expect(texts).toEqual(['short', 'short', 'short again', 'short again']);
    // Two packets each way, with 66 bytes of headers each; 298 bytes of each packet were kept.
    expect(missing(events, 'client')).toBe(2 * 66 + 2008 - 2 * 298);
    expect(missing(events, 'server')).toBe(2 * 66 + 2004 - 2 * 298);
  });

  test('how many bytes are missing', async () => {
    const events = await readWithLab(fileOf('gap'));
    expect([missing(events, 'client'), missing(events, 'server')]).toEqual([2008, 2004]);
  });
});

describe('the captures', () => {
  test('are those of the script, each with its reading, and small', () => {
    const files = readdirSync(folder).filter((file) => /\.(pcap|json)$/.test(file));
    expect(files.sort()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.pcap`]).sort());
    for (const name of names) expect(statSync(fileOf(name)).size, name).toBeLessThan(100_000);
  });

  test('name no machine but the two of the recording', () => {
    for (const name of names) {
      for (const { client, server } of storedReading(name).streams) {
        for (const end of [client, server])
          expect(end).toMatch(/^(10\.101\.0\.[12]|\[fd00:101::[12]\]|127\.0\.0\.1|\[::1\]):/);
      }
    }
  });

  test.each([
    ['chat', 'eth:ethertype:ip:tcp'],
    ['ipv6', 'eth:ethertype:ipv6:tcp'],
    ['cooked-v1', 'sll:ethertype:ip:tcp'],
    ['cooked-v2', 'sll:ethertype:ip:tcp'],
    ['null', 'null:ip:tcp'],
    ['loop', 'null:ipv6:tcp'],
    ['raw', 'raw:ip:tcp'],
  ])('%s is %s', (name, protocols) => {
    expect(storedReading(name).protocols).toBe(protocols);
  });

  test('hold what they were recorded for', () => {
    const notes = (name: string) => storedReading(name).notes.map(({ note }) => note);
    expect(notes('loss')).toEqual(expect.arrayContaining(['lost_segment', 'retransmission', 'out_of_order']));
    expect(notes('reset')).toEqual(['reset']);
    expect(notes('snaplen')).toContain('cut');
    expect(notes('gap')).toContain('lost_segment');
    expect(storedReading('wss').frames).toEqual([]);
    expect(storedReading('late').handshakes).toEqual([]);
  });

  test('show how a connection ended', async () => {
    const endings = async (name: string) =>
      ofKind(await readWithLab(fileOf(name)), 'end').map(({ from, by }) => `${from} ${by}`);
    expect(await endings('reset')).toEqual(['client rst']);
    expect((await endings('ipv6')).sort()).toEqual(['client fin', 'server fin']);
  });

  test('show of wss that it is TLS', async () => {
    expect(await readWithLab(fileOf('wss'))).toMatchObject([{ kind: 'tls' }]);
  });
});

describe('the chapter on the wire shows the captures as they are', () => {
  test.each(Object.entries(pages))('%s', async (name, { by, print }) => {
    if (by === 'tshark' && noTshark) return;
    const shown = join(import.meta.dirname, '../../docs/framing/recorded', `${name}.txt`);
    expect(readFileSync(shown, 'utf8')).toBe(await print());
  });
});

describe.skipIf(noTshark)('the tshark that is installed', () => {
  test.concurrent.each(names)('reads %s as it did', async (name) => {
    const live = comparable(await readWithTshark(fileOf(name), scenes[name].tshark));
    const stored = comparable(storedReading(name));
    // How it puts messages together has changed between its versions; frames have not.
    expect(live.handshakes).toEqual(stored.handshakes);
    expect(live.frames).toEqual(stored.frames);
    expect(live.streams).toEqual(stored.streams);
  });

  test('drops frames out of order unless told otherwise, as the chapter says', async () => {
    expect((await readWithTshark(fileOf('loss'))).frames).toHaveLength(79);
    expect(storedReading('loss').frames).toHaveLength(82);
  });
});
