import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { exampleKey, frameBytes } from '../support/frames.ts';
import { pcapFile, Talk } from '../support/packets.ts';

const folder = mkdtempSync(join(tmpdir(), 'websocket-101-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, bytes: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** `npm run wire -- …`, as a person starts it. */
function wire(...args: string[]): { status: number | null; lines: string[]; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['workbook/run.mjs', 'wire', ...args], {
    cwd: workbookRoot,
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n').slice(0, -1), stderr };
}

/** A frame, masked if it is the client's. */
const frame = (opcode: number, payload: string | Buffer, key?: Buffer, fin = true) =>
  frameBytes({ opcode, payload: Buffer.from(payload), key, fin });

const talk = new Talk({ at: Date.UTC(2026, 10, 22, 12) * 1000 + 123_000 }).open().upgrade();
talk.send('client', frame(1, 'Grüße', exampleKey)).send('server', frame(2, Buffer.of(0, 0xff)));
talk
  .send('server', frame(1, 'in two ', undefined, false))
  .send('server', frame(9, 'hi'))
  .send('server', frame(0, 'parts'));
talk.send('client', frame(8, Buffer.from('03e8627965', 'hex'), exampleKey)).send('server', frame(8, ''));
const chat = fileOf('chat.pcap', pcapFile(talk.close().packets));

test('--json: one object a line, with the fields that are promised and no others', () => {
  const { status, lines, stderr } = wire(chat, '--json');
  expect([status, stderr]).toEqual([0, '']);
  const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(objects.slice(0, 2)).toEqual([
    {
      stream: 0,
      at: '2026-11-22T12:00:00.127000Z',
      from: 'client',
      kind: 'handshake',
      request: {
        startLine: 'GET /chat HTTP/1.1',
        headers: expect.arrayContaining([['Upgrade', 'websocket']]),
      },
    },
    {
      stream: 0,
      at: '2026-11-22T12:00:00.128000Z',
      from: 'server',
      kind: 'handshake',
      response: {
        startLine: 'HTTP/1.1 101 Switching Protocols',
        headers: expect.arrayContaining([['Upgrade', 'websocket']]),
      },
    },
  ]);
  const at = (ms: number) => `2026-11-22T12:00:00.${ms}000Z`;
  const client = (ms: number) => ({ stream: 0, at: at(ms), from: 'client' });
  const server = (ms: number) => ({ stream: 0, at: at(ms), from: 'server' });
  const seen = { kind: 'frame', fin: true, rsv1: false, masked: false };
  expect(objects.slice(2)).toEqual([
    { ...client(129), ...seen, masked: true, opcode: 'text', length: 7, text: 'Grüße' },
    { ...client(129), kind: 'message', type: 'text', length: 7, text: 'Grüße' },
    { ...server(130), ...seen, opcode: 'binary', length: 2, hex: '00ff' },
    { ...server(130), kind: 'message', type: 'binary', length: 2, hex: '00ff' },
    { ...server(131), ...seen, fin: false, opcode: 'text', length: 7, text: 'in two ' },
    { ...server(132), ...seen, opcode: 'ping', length: 2, hex: '6869' },
    { ...server(133), ...seen, opcode: 'continuation', length: 5, text: 'parts' },
    { ...server(133), kind: 'message', type: 'text', length: 12, text: 'in two parts' },
    { ...client(134), ...seen, masked: true, opcode: 'close', length: 5, code: 1000, reason: 'bye' },
    { ...server(135), ...seen, opcode: 'close', length: 0 },
  ]);
});

test('for people: no colours in a pipe, a line for each thing seen, a summary', () => {
  const { status, lines } = wire(chat);
  expect(status).toBe(0);
  expect(lines.join('\n')).not.toContain('\x1b');
  const shown = lines.map((line) => line.replace(/ +/g, ' ').trim());
  expect(shown).toEqual(
    expect.arrayContaining([
      '#0 10.0.0.1:49152 → 10.0.0.2:8080',
      '12:00:00.127000 #0 → GET /chat HTTP/1.1',
      'Sec-WebSocket-Version: 13',
      '12:00:00.129000 #0 → text 7 bytes FIN masked Grüße',
      '12:00:00.130000 #0 ← binary 2 bytes FIN 00 ff',
      '12:00:00.131000 #0 ← text 7 bytes in two',
      '12:00:00.132000 #0 ← ping 2 bytes FIN hi',
      '12:00:00.133000 #0 ← message 12 bytes whole text in two parts',
      '12:00:00.134000 #0 → close 5 bytes FIN masked 1000 bye',
      '12:00:00.135000 #0 ← close 0 bytes FIN (no code)',
      '1 WebSocket: 7 frames, 3 messages',
    ]),
  );
});

test('what could move a terminal’s cursor is written out', () => {
  const evil = new Talk().open().upgrade().send('server', frame(1, 'a\x1b[2J\u009b2J\u202eb\n'));
  const { lines } = wire(fileOf('evil.pcap', pcapFile(evil.packets)));
  expect(lines.find((line) => line.includes('text'))).toMatch(/ a\\u\{1b\}\[2J\\u\{9b\}2J\\u\{202e\}b\\n$/);
});

test('a damaged file: what could be read, the reason, and 1', () => {
  const file = fileOf('cut.pcap', pcapFile(talk.packets).subarray(0, -10));
  const { status, lines, stderr } = wire(file, '--json');
  expect(status).toBe(1);
  expect(lines.length).toBe(12);
  expect(stderr).toContain('The file ends within record');
});

test('a capture with a gap: 1', () => {
  const packets = talk.packets.filter((_, index) => index !== 5);
  const { status, lines } = wire(fileOf('gap.pcap', pcapFile(packets)), '--json');
  expect(status).toBe(1);
  expect(lines.map((line) => JSON.parse(line))).toContainEqual({
    stream: 0,
    at: '2026-11-22T12:00:00.134000Z',
    from: 'client',
    kind: 'gap',
    missing: 13,
  });
});

test.each([
  ['no capture', () => [fileOf('no.pcap', Buffer.from('hello, this is a text file'))], 'This is no capture'],
  [
    'pcapng',
    () => [fileOf('new.pcapng', Buffer.from(`0a0d0d0a${'00'.repeat(30)}`, 'hex'))],
    'editcap -F pcap',
  ],
  ['no file', () => [join(folder, 'missing.pcap')], 'There is no file'],
  ['a folder', () => [folder], 'EISDIR'],
  ['no argument', () => [], 'missing required argument'],
])('%s: one sentence and 2', (_, args, sentence) => {
  const { status, lines, stderr } = wire(...args());
  expect([status, lines]).toEqual([2, []]);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n').length).toBe(1);
});
