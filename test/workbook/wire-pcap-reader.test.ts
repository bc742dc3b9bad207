import { describe, expect, test } from 'vitest';
import type { Packet } from '#labs/09-wire';
import { CaptureError, PcapReader } from '../../workbook/wire/pcap-reader.ts';
import { packet, pcapFile, Talk } from '../support/packets.ts';
import { everySplit } from '../support/splits.ts';

const packets = new Talk().open().send('client', 'Hello').packets.slice(2);

/** What a file comes to: its packets, and why it could not be read to its end. */
function readFile(chunks: readonly Buffer[]): { read: Packet[]; error?: CaptureError } {
  const read: Packet[] = [];
  const reader = new PcapReader((each) => read.push(each));
  try {
    for (const chunk of chunks) reader.push(chunk);
    reader.end();
  } catch (error) {
    if (error instanceof CaptureError) return { read, error };
    throw error;
  }
  return { read };
}

describe.each([false, true])('with big-endian %s', (bigEndian) => {
  test.each([false, true])(
    'and nanoseconds %s, every packet is read, wherever the file is cut',
    (nanoseconds) => {
      everySplit(pcapFile(packets, { bigEndian, nanoseconds }), (chunks) => {
        expect(readFile(chunks)).toEqual({ read: packets });
      });
    },
  );

  test('a file that ends anywhere gives what is whole, and a sentence', () => {
    const file = pcapFile(packets, { bigEndian });
    const ends = packets.map((_, index) => pcapFile(packets.slice(0, index + 1)).length);
    for (let length = 25; length < file.length; length++) {
      const { read, error } = readFile([file.subarray(0, length)]);
      const whole = ends.filter((end) => end <= length).length;
      expect(read, `${length} bytes`).toEqual(packets.slice(0, whole));
      if (ends.includes(length)) continue;
      expect(error, `${length} bytes`).toMatchObject({
        isCapture: true,
        message: expect.stringMatching(
          new RegExp(`^The file ends within record ${whole + 1}: at least \\d+ bytes? `),
        ),
      });
    }
  });
});

test('a record that claims too much ends the reading after the ones before it', () => {
  const file = Buffer.concat([
    pcapFile(packets),
    Buffer.from('00000000000000000000010000000100', 'hex'),
    Buffer.alloc(100),
  ]);
  file.writeUInt32LE(3_735_928_559, file.length - 108);
  for (const chunks of [[file], [file.subarray(0, 50), file.subarray(50)]]) {
    const { read, error } = readFile(chunks);
    expect(read).toEqual(packets);
    expect(error).toMatchObject({
      isCapture: true,
      message: expect.stringContaining('Record 3 claims 3735928559 bytes'),
    });
  }
});

test('a record of 262,144 bytes is the longest, and one of none the shortest', () => {
  const longest = { ...packet(), data: Buffer.alloc(262_144), originalLength: 262_144 };
  const empty = { ...longest, data: Buffer.alloc(0), originalLength: 0 };
  expect(readFile([pcapFile([longest, empty, longest])]).read).toEqual([longest, empty, longest]);
});

describe('a file that is no capture', () => {
  test.each([
    ['nothing', '', 'The file is empty.'],
    ['two bytes', 'd4c3', 'no capture'],
    ['a picture', '89504e470d0a1a0a0000000d4948445200000000000000000000', 'no capture'],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n').toString('hex'), 'no capture'],
    ['pcapng', `0a0d0d0a${'00'.repeat(40)}`, 'editcap -F pcap in.pcapng out.pcap'],
    ['gzip', `1f8b08${'00'.repeat(40)}`, 'gzip'],
    ['another version', `d4c3b2a10300${'00'.repeat(40)}`, 'version 3.0'],
  ])('%s', (_, hex, sentence) => {
    const { read, error } = readFile([Buffer.from(hex, 'hex')]);
    expect(read).toEqual([]);
    expect(error).toMatchObject({ isCapture: false, message: expect.stringContaining(sentence) });
  });

  test('but a pcap file cut within its header is one', () => {
    expect(readFile([pcapFile(packets).subarray(0, 10)]).error).toMatchObject({ isCapture: true });
  });
});
