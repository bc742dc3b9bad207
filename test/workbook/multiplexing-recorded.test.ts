import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '#labs/03-frames';
import { answerConnect } from '#labs/08-multiplexing';
import { describe as inWords } from '../captures/framing/print.ts';
import { frameNames } from '../captures/multiplexing/frames.ts';

const folder = join(import.meta.dirname, '../../docs/framing/recorded-h2');
/** `client → 00 00 0b 00 00 00 00 00 01  81 85 …   DATA on stream 1, text "Hello"`. */
const frameLine = /^(client|server) → ((?:[0-9a-f]{2} ?){9}) *((?:[0-9a-f]{2} ?)*)(…)? *([A-Z_]+)(.*)$/;

const shown = readdirSync(folder).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, sender, header, payload, cut, name, rest] = frameLine.exec(line) ?? [];
      return sender ? [{ file, sender, header, payload, cut, name, rest }] : [];
    }),
);

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('the HTTP/2 frames shown in the multiplexing chapter', () => {
  test.each(shown)('$file: $sender $name$rest', ({ sender, header, payload, cut, name, rest }) => {
    const head = bytes(header);
    if (!cut) expect(bytes(payload).length).toBe(head.readUIntBE(0, 3));
    expect(name).toBe(frameNames[head[3]]);
    expect(rest.includes('END_STREAM')).toBe(name === 'DATA' && (head[4] & 1) === 1);
    if (head.readUInt32BE(5) > 0) expect(rest).toContain(`on stream ${head.readUInt32BE(5)}`);
    const frame = name === 'DATA' ? decodeFrame(bytes(payload))?.frame : undefined;
    if (!frame) return;
    expect(frame.masked).toBe(sender === 'client');
    expect(rest).toContain(inWords(frame));
  });

  test('are there', () => {
    expect(shown.length).toBeGreaterThan(25);
  });
});

test("Chromium's request, as recorded, is let in", () => {
  const lines = readFileSync(join(folder, 'chromium-asks.txt'), 'utf8').trim().split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  expect(headers['sec-websocket-key']).toBeUndefined();
  expect(answerConnect(headers).status).toBe(200);
});
