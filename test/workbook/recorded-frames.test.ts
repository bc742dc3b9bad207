import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFrame } from '#labs/03-frames';
import { describe as inWords } from '../captures/framing/print.ts';
import { sendFrameTo, sendToNaiveServer } from '../captures/framing/programs.ts';
import { echo, serve } from '../captures/framing/serve.ts';

const folder = join(import.meta.dirname, '../../docs/framing/recorded');
/** `page   → 81 02  48 65   text "He"`. */
const frameLine = /^(page|client|server) +→ ((?:[0-9a-f]{2} +)+)([a-z].*)$/;

interface ShownFrame {
  file: string;
  sender: string;
  bytes: Buffer;
  words: string;
}

function shownFrames(file: string): ShownFrame[] {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, sender, hex, words] = frameLine.exec(line) ?? [];
    // A payload that is not printed whole has `…` in it.
    return sender && !line.includes('…')
      ? [{ file, sender, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'), words }]
      : [];
  });
}

describe('the frames shown in the Framing part', () => {
  test.each(readdirSync(folder).flatMap(shownFrames))('$file: $words', ({ sender, bytes, words }) => {
    const decoded = decodeFrame(bytes);
    expect(decoded?.bytesRead).toBe(bytes.length);
    expect(decoded?.frame.masked).toBe(sender !== 'server');
    expect(decoded && inWords(decoded.frame)).toBe(words);
  });
});

describe('one bad frame', () => {
  const reservedOpcode = Buffer.from('838000000000', 'hex');

  test('ends a server whose author listens for no error', async () => {
    const { output, code } = await sendToNaiveServer(reservedOpcode);
    expect(code).toBe(1);
    expect(output).toContain("Unhandled 'error' event");
  });

  test('ends only its own connection where the solutions serve', async () => {
    const server = await serve(echo);
    const other = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    await once(other, 'open');
    const bad = await sendFrameTo(server.port, reservedOpcode);
    await once(bad, 'close');
    other.send('still here');
    const [answer] = await once(other, 'message');
    expect(`${answer}`).toBe('still here');
    other.terminate();
    server.close();
  });
});
