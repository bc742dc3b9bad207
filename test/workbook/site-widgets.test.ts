import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { labsInPages } from '../../docs/.vitepress/labs-in-pages.ts';
import { isUtf8 } from '../../docs/.vitepress/shims/buffer.ts';
import { createHash as pageCreateHash, randomBytes } from '../../docs/.vitepress/shims/crypto.ts';
import { dissect } from '../../docs/.vitepress/theme/frame/dissect.ts';
import { parseHex, placeFrames } from '../../docs/.vitepress/theme/frame/fields.ts';
import { pairFields } from '../../docs/.vitepress/theme/frame/pairs.ts';
import { requestExamples } from '../../docs/.vitepress/theme/handshake/examples.ts';
import { parseRequest } from '../../docs/.vitepress/theme/handshake/request.ts';
import { describeState } from '../../docs/.vitepress/theme/lab/state.ts';
import { sectionLink } from '../../docs/.vitepress/theme/sections.ts';
import { answerUpgrade } from '../../solutions/01-handshake.ts';
import { workbookRoot } from '../../workbook/course.ts';
import type { CheckResult } from '../../workbook/verdict.ts';
import { drawDifference } from '../support/draw.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** RFC 6455 §5.7. */
const maskedHello = bytes('81 85 37 fa 21 3d 7f 9f 4d 51 58');

describe('hex typed by a person', () => {
  test.each(['81 05', '8105', '0x81, 0x05', '81:05', ' 81\n05 '])('%j is two bytes', (text) => {
    expect(parseHex(text)).toEqual(Uint8Array.of(0x81, 0x05));
  });

  test.each(['8', '81 0', 'xy', '81 0g'])('%j is none', (text) => {
    expect(parseHex(text)).toBeUndefined();
  });
});

describe('the fields of a frame', () => {
  test('stand where RFC 6455 §5.2 puts them', () => {
    const [{ fields }] = placeFrames(maskedHello);
    expect(fields.map(({ name, where, wire }) => [name, where, wire])).toEqual([
      ['FIN', 'bit 0', '1'],
      ['RSV', 'bits 1–3', '000'],
      ['opcode', 'bits 4–7', '0001'],
      ['MASK', 'bit 8', '1'],
      ['length', 'bits 9–15', '0000101'],
      ['masking key', 'bytes 2–5', '37 fa 21 3d'],
      ['payload', 'bytes 6–10', '7f 9f 4d 51 58'],
    ]);
  });

  test('read the same as in the drawing of a failed check', () => {
    const drawn = drawDifference(maskedHello, maskedHello).rows[0].fields;
    const [{ fields }] = placeFrames(maskedHello);
    expect(fields.map(({ where, ...field }) => field)).toEqual(drawn);
  });

  test.each([
    { hex: `82 7e 01 00 ${'00'.repeat(256)}`, where: 'bits 9–31', meaning: '126 → 256' },
    {
      hex: `82 7f 00 00 00 00 00 01 00 00 ${'00'.repeat(65_536)}`,
      where: 'bits 9–79',
      meaning: '127 → 65536',
    },
  ])('a longer length: $meaning', ({ hex, where, meaning }) => {
    const [frame] = placeFrames(bytes(hex));
    expect(frame.fields.find(({ name }) => name === 'length')).toMatchObject({ where, meaning });
    expect(frame.bytes.length).toBe(bytes(hex).length);
  });

  test('of several frames, one that is cut, and a header that is cut', () => {
    const frames = placeFrames(bytes('89 00 81 05 48 65'));
    expect(frames.map((frame) => frame.bytes.length)).toEqual([2, 4]);
    expect(frames[1].fields.at(-1)?.meaning).toBe('3 of 5 bytes not here yet');
    expect(placeFrames(bytes('81'))[0].fields).toMatchObject([{ name: 'bytes', wire: '81' }]);
    expect(placeFrames(bytes('81 85 37'))[0].fields).toMatchObject([
      { name: 'bytes', meaning: 'the header has 6 bytes' },
    ]);
  });
});

describe('the dissector', () => {
  test('hands on what an application would hear', () => {
    const { events, error } = dissect(bytes('01 03 48 65 6c 89 00 80 02 6c 6f 88 02 03 e8'), 'client');
    expect(error).toBeUndefined();
    expect(events).toEqual([
      'ping, 0 bytes: a pong with the same bytes must follow',
      'message "Hello"',
      'close 1000',
    ]);
  });

  test.each([
    { what: 'RSV2 without an extension', hex: 'a1 00', field: 'RSV', rfc: '6455 §5.2', code: 1002 },
    { what: 'a reserved opcode', hex: '83 00', field: 'opcode', rfc: '6455 §5.2', code: 1002 },
    { what: 'a fragmented ping', hex: '09 00', field: 'FIN', rfc: '6455 §5.5', code: 1002 },
    {
      what: 'a ping of 126 bytes',
      hex: `89 7e 00 7e ${'00'.repeat(126)}`,
      field: 'length',
      rfc: '6455 §5.5',
      code: 1002,
    },
    {
      what: 'a masked frame from a server',
      hex: '81 80 00 00 00 00',
      field: 'MASK',
      rfc: '6455 §5.1',
      code: 1002,
    },
    {
      what: 'a length not in its shortest form',
      hex: '81 7e 00 05 48',
      field: 'length',
      rfc: '6455 §5.2',
      code: 1002,
    },
    {
      what: 'a length with its top bit set',
      hex: '81 7f 80 00 00 00 00 00 00 00',
      field: 'length',
      rfc: '6455 §5.2',
      code: 1002,
    },
    {
      what: 'a payload over the limit',
      hex: '82 7f 00 00 00 01 00 00 00 00',
      field: 'length',
      rfc: '6455 §7.4.1',
      code: 1009,
    },
    { what: 'text that is not UTF-8', hex: '81 02 c0 af', field: 'payload', rfc: '6455 §8.1', code: 1007 },
    {
      what: 'a close reason that is not UTF-8',
      hex: '88 04 03 e8 c0 af',
      field: 'payload',
      rfc: '6455 §5.5.1',
      code: 1007,
    },
    { what: 'a close code of one byte', hex: '88 01 03', field: 'payload', rfc: '6455 §5.5.1', code: 1002 },
    { what: 'a continuation of nothing', hex: '80 00', field: 'opcode', rfc: '6455 §5.4', code: 1002 },
  ])('marks $what', ({ hex, field, rfc, code }) => {
    const { frames, error } = dissect(bytes(`89 00 ${hex}`), 'client');
    expect(error).toMatchObject({ closeCode: code, rfc });
    expect(frames[0].fields.some(({ wrong }) => wrong)).toBe(false);
    expect(frames[1].fields.filter(({ wrong }) => wrong).map(({ name }) => name)).toEqual([field]);
  });

  test('discards what comes after a close', () => {
    const { events, error } = dissect(bytes('88 02 03 e8 80 00'), 'client');
    expect(error).toBeUndefined();
    expect(events).toEqual(['close 1000', 'a frame after the close: discarded']);
  });

  test('wants masked frames as a server', () => {
    expect(dissect(maskedHello, 'server').events).toEqual(['message "Hello"']);
    expect(dissect(bytes('81 00'), 'server').error).toMatchObject({ closeCode: 1002, rfc: '6455 §5.1' });
  });
});

describe('the drawing of a failed check', () => {
  const names = (pairs: ReturnType<typeof pairFields>) =>
    pairs.map(({ name, expected, actual, wrong }) => [name, Boolean(expected), Boolean(actual), wrong]);

  test('puts what is missing beside nothing', () => {
    const unmasked = bytes('81 05 48 65 6c 6c 6f');
    expect(names(pairFields(drawDifference(maskedHello, unmasked))).slice(3)).toEqual([
      ['MASK', true, true, true],
      ['length', true, true, false],
      ['masking key', true, false, true],
      ['payload', true, true, true],
    ]);
    expect(names(pairFields(drawDifference(unmasked, maskedHello))).slice(5)).toEqual([
      ['masking key', false, true, true],
      ['payload', true, true, true],
    ]);
  });

  test('keeps frames apart when one has no payload', () => {
    const pairs = names(pairFields(drawDifference(bytes('89 00 8a 00'), bytes('89 01 41 8a 00'))));
    expect(pairs.map(([name]) => name)).toEqual([
      ...['FIN', 'RSV', 'opcode', 'MASK', 'length', 'payload'],
      ...['FIN', 'RSV', 'opcode', 'MASK', 'length'],
    ]);
  });
});

describe('the handshake playground', () => {
  test('its examples are answered as their notes say', () => {
    const statuses = requestExamples.map(({ name, request }) => {
      const parsed = parseRequest(request);
      return [name, 'request' in parsed ? answerUpgrade(parsed.request).status : parsed.problem];
    });
    expect(Object.fromEntries(statuses)).toEqual({
      'all in order': 101,
      'other case': 101,
      'no Upgrade': 426,
      'short key': 400,
      'version 8': 426,
      POST: 405,
      'unknown protocols': 101,
    });
  });

  test.each(['', 'GET /chat', 'GET /chat HTTP/1.1\nHost server', 'GET / HTTP/1.1\n folded: line'])(
    '%j is refused with a sentence',
    (text) => {
      expect(parseRequest(text)).toEqual({ problem: expect.stringMatching(/RFC 9112/) });
    },
  );
});

describe('links to rules', () => {
  test.each([
    ['6455 §5.2', 'https://www.rfc-editor.org/rfc/rfc6455#section-5.2'],
    ['6455 §4.2.2 item 5.4', 'https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2'],
    ['6455 §5.3, §10.3', 'https://www.rfc-editor.org/rfc/rfc6455#section-5.3'],
    ['RFC 9110 §7.8', 'https://www.rfc-editor.org/rfc/rfc9110#section-7.8'],
    ['9112 §4', 'https://www.rfc-editor.org/rfc/rfc9112#section-4'],
    ['3629', 'https://www.rfc-editor.org/rfc/rfc3629'],
    ['WHATWG URL §4.4', 'https://url.spec.whatwg.org/'],
    ['chat.v1 §errors', '/reference/protocol.html#errors'],
  ])('%s', (source, href) => {
    expect(sectionLink(source)?.href).toBe(href);
  });

  test('a source that is neither has none', () => {
    expect(sectionLink('common sense')).toBeUndefined();
  });
});

test('a lab in words counts core checks only', () => {
  const check = (state: CheckResult['state'], stretch = false): CheckResult => ({
    title: 'a check',
    rfc: '6455 §5.2',
    hint: ['look', 'think'],
    stretch,
    state,
  });
  const checks = [check('passed'), check('failed'), check('failed', true)];
  expect(describeState({ lab: '03-frames', state: 'failing', checks, durationMs: 5 })).toBe(
    '1 of 2 checks pass',
  );
  expect(describeState(undefined)).toBe('not checked yet');
});

describe("what a page has in place of Node's own", () => {
  test('the same SHA-1', () => {
    const text = 'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    expect(pageCreateHash('sha1').update(text).digest('base64')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(pageCreateHash('sha1').update(text).digest('hex')).toBe(
      createHash('sha1').update(text).digest('hex'),
    );
    expect(() => pageCreateHash('sha256')).toThrow(/not available in a page/);
  });

  test('random bytes, and a UTF-8 check', () => {
    expect(randomBytes(16)).toHaveLength(16);
    expect(isUtf8(Buffer.from('é'))).toBe(true);
    expect(isUtf8(Buffer.from([0xc0, 0xaf]))).toBe(false);
  });

  test('Buffer, in files that take it from the global', () => {
    const { transform } = labsInPages(workbookRoot) as {
      transform(code: string, id: string): { code: string } | undefined;
    };
    const solution = join(workbookRoot, 'solutions/03-frames.ts').replaceAll('\\', '/');
    const code = readFileSync(solution, 'utf8');
    expect(transform(code, solution)?.code).toBe(`import { Buffer } from 'node:buffer';${code}`);
    expect(transform('export const one = 1;', solution)).toBeUndefined();
    expect(transform(code, '/elsewhere/file.ts')).toBeUndefined();
  });
});
