import { describe, expect, test } from 'vitest';
import { drawDifference } from './draw.ts';
import { expectFrames } from './expect-bytes.ts';

/** The masked "Hello" of RFC 6455 §5.7. */
const maskedHello = Buffer.from('818537fa213d7f9f4d5158', 'hex');

describe('drawing', () => {
  test('names each field of the frame in RFC 6455 §5.7', () => {
    const [expected] = drawDifference(maskedHello, maskedHello).rows;
    expect(expected.fields.map(({ name, wire, meaning }) => [name, wire, meaning])).toEqual([
      ['FIN', '1', 'last fragment'],
      ['RSV', '000', 'none'],
      ['opcode', '0001', 'text'],
      ['MASK', '1', 'masked'],
      ['length', '0000101', '5'],
      ['masking key', '37 fa 21 3d', ''],
      ['payload', '7f 9f 4d 51 58', '"Hello"'],
    ]);
  });

  test('marks only the field that differs, in both rows', () => {
    const binary = Buffer.from(maskedHello);
    binary[0] = 0x82;
    for (const row of drawDifference(maskedHello, binary).rows) {
      expect(row.fields.filter((field) => field.wrong).map((field) => field.name)).toEqual(['opcode']);
    }
  });

  test('sees a difference past the bytes it shows', () => {
    const long = Buffer.concat([Buffer.from([0x82, 40]), Buffer.alloc(40)]);
    const other = Buffer.from(long);
    other[41] = 1;
    const [, actual] = drawDifference(long, other).rows;
    expect(actual.fields.at(-1)).toMatchObject({ name: 'payload', wrong: true });
  });

  test('draws a header that is cut short as bytes', () => {
    const [, actual] = drawDifference(maskedHello, Buffer.from([0x81])).rows;
    expect(actual.fields).toEqual([
      { name: 'bytes', wire: '81', meaning: 'not a whole frame header', wrong: true },
    ]);
  });

  test('a failed comparison names the field and carries the drawing', () => {
    const unmasked = Buffer.from('810548656c6c6f', 'hex');
    expect(() => expectFrames('A client frame', unmasked, maskedHello)).toThrow(
      expect.objectContaining({
        message: 'A client frame: the MASK field differs',
        drawing: expect.objectContaining({ rows: expect.any(Array) }),
      }),
    );
  });
});
