import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { acceptKey } from '#labs/01-handshake';
import type { WireEvent } from '../../workbook/wire/conversation.ts';
import { CaptureError, PcapReader } from '../../workbook/wire/pcap-reader.ts';
import { PcapWriter, pcapFileHeader } from '../../workbook/wire/pcap-writer.ts';
import { WireReader } from '../../workbook/wire/wire-reader.ts';
import { inMemoryFor } from '../fuzz/memory.ts';
import { fuzz } from '../fuzz/property.ts';
import { chunkings, inChunks } from '../fuzz/reading.ts';
import { Stream, soundStreams, tell, tellMessage } from '../fuzz/streams.ts';

// Lab 09 and the pcap reader on captures that no tcpdump wrote: bytes changed, files cut, packets lost, repeated
// and out of order. No error but the documented one, no message that was not sent.

const folder = join(import.meta.dirname, '../captures/wire');
/** The shipped captures by name, but for the longest. */
const captures = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => [name, readFileSync(join(folder, name))] as const)
    .filter(([, { length }]) => length < 40_000),
);

interface Told {
  events: WireEvent[];
  error: string;
}

function readCapture(chunks: readonly Buffer[]): Told {
  const events: WireEvent[] = [];
  const wire = new WireReader((event) => events.push(event));
  const reader = new PcapReader((packet) => wire.push(packet));
  let error = '';
  try {
    for (const chunk of chunks) reader.push(chunk);
    reader.end();
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown;
    error = thrown.message;
  }
  wire.end();
  return { events, error };
}

function readInMemory(file: Buffer, lengths: readonly number[]): Told {
  const chunks = inChunks(file, lengths);
  return inMemoryFor(file.length, () => readCapture(chunks));
}

const places = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 5 });

describe('a capture', () => {
  fuzz(
    'with bytes changed, and cut anywhere, is read the same in every chunking',
    40,
    fc.property(
      fc.constantFrom(...captures.keys()),
      fc.option(places, { nil: [] }),
      fc.option(fc.nat()),
      chunkings,
      (name, changes, cut, lengths) => {
        const capture = captures.get(name) ?? Buffer.alloc(0);
        const file = Buffer.from(capture.subarray(0, cut === null ? undefined : cut % (capture.length + 1)));
        if (file.length > 0) for (const [at, bits] of changes) file[at % file.length] ^= bits;
        expect(readInMemory(file, lengths)).toEqual(readInMemory(file, [file.length + 1]));
      },
    ),
  );

  fuzz(
    'that is noise fails with a CaptureError or not at all',
    200,
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), chunkings, (bytes, hasHeader, lengths) => {
      readInMemory(Buffer.concat([hasHeader ? pcapFileHeader() : Buffer.alloc(0), bytes]), lengths);
    }),
  );
});

describe('a WebSocket in a capture', () => {
  /** Up to the Close: an observer tells what comes after it, which no application hears. */
  const upToClose = ({ frames }: Stream) => {
    const close = frames.findIndex(({ opcode }) => opcode === 8);
    return new Stream(close === -1 ? frames : frames.slice(0, close + 1));
  };
  const streams = fc.record({
    client: soundStreams('server').map(upToClose),
    server: soundStreams('client').map(upToClose),
    // Of a size that hardly looks like whole frames by chance.
    lengths: fc.array(fc.integer({ min: 60, max: 3000 }), { minLength: 1, maxLength: 4 }),
  });

  /** The records of a file with this connection in it: TCP and WebSocket handshake, then both streams in turns. */
  function recordsOf({ client, server, lengths }: { client: Stream; server: Stream; lengths: number[] }) {
    const records: Buffer[] = [];
    let now = 1_795_341_600_000_000;
    const writer = new PcapWriter(
      { client: { address: '10.0.0.1', port: 49_152 }, server: { address: '10.0.0.2', port: 80 } },
      (record) => records.push(record),
      () => now++,
    );
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    writer.data(
      'client',
      Buffer.from(
        'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
    );
    writer.data(
      'server',
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
      ),
    );
    const handshake = records.length;
    const [up, down] = [inChunks(client.bytes, lengths), inChunks(server.bytes, lengths)];
    for (let turn = 0; turn < Math.max(up.length, down.length); turn++) {
      if (up[turn]) writer.data('client', up[turn]);
      if (down[turn]) writer.data('server', down[turn]);
    }
    return { records, handshake };
  }

  /** The messages that were read, and those that had been sent, of each side. */
  function messagesOf(records: readonly Buffer[], sent: { client: Stream; server: Stream }) {
    const { events, error } = readCapture([Buffer.concat([pcapFileHeader(), ...records])]);
    expect(error).toBe('');
    return (['client', 'server'] as const).map((side) => ({
      read: events.flatMap((event) =>
        event.kind === 'message' && event.from === side
          ? [tellMessage(event.data, event.type === 'binary')]
          : [],
      ),
      sent: tell(sent[side].frames).filter((told) => /^(text|binary)/.test(told)),
    }));
  }

  fuzz(
    'is read message by message, however it was cut into segments, and with segments sent twice',
    40,
    fc.property(streams, fc.infiniteStream(fc.nat(9)), (given, twice) => {
      const { records } = recordsOf(given);
      const repeated = records.flatMap((record) => (twice.next().value === 0 ? [record, record] : [record]));
      for (const { read, sent } of messagesOf(repeated, given)) expect(read).toEqual(sent);
    }),
  );

  fuzz(
    'gives no message that was not sent when packets are lost and out of order',
    60,
    fc.property(streams, fc.infiniteStream(fc.nat(19)), (given, luck) => {
      const { records, handshake } = recordsOf(given);
      const disturbed = records.slice(0, handshake);
      for (const record of records.slice(handshake)) {
        const draw = luck.next().value;
        // Lost, or behind the one before it, or in its place.
        if (draw === 0) continue;
        if (draw === 1) disturbed.splice(-1, 0, record);
        else disturbed.push(record);
      }
      for (const { read, sent } of messagesOf(disturbed, given)) {
        let at = -1;
        for (const message of read) {
          at = sent.indexOf(message, at + 1);
          expect(at, `${message} was not sent, or not then`).toBeGreaterThanOrEqual(0);
        }
      }
    }),
  );
});
