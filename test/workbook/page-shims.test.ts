import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as shim from '../../docs/.vitepress/shims/zlib.ts';

// What pages use in place of Node's own modules does the same.

const text = Buffer.from('{"type":"chat","room":"lobby","content":"Hello, Hello, Hello"}'.repeat(20));
const noise = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * index * 31) % 251));
const sync = { finishFlush: shim.constants.Z_SYNC_FLUSH };

describe('raw DEFLATE in pages', () => {
  test.each([9, 12, 15])('with %i bits, both ways, with and without a dictionary', (windowBits) => {
    for (const bytes of [Buffer.alloc(0), text, noise]) {
      for (const dictionary of [undefined, Buffer.alloc(0), text]) {
        const options = { windowBits, ...(dictionary?.length && { dictionary }) };
        const byNode = zlib.deflateRawSync(bytes, options);
        expect(Buffer.from(shim.inflateRawSync(byNode, { windowBits, dictionary }) as Buffer)).toEqual(bytes);
        const byShim = shim.deflateRawSync(bytes, { windowBits, dictionary, ...sync });
        expect(zlib.inflateRawSync(byShim, { ...options, ...sync })).toEqual(bytes);
        expect(byShim.subarray(-4).toString('hex')).toBe('0000ffff');
      }
    }
  });

  test('says how far it read when blocks follow the last one', () => {
    const deflated = zlib.deflateRawSync(text);
    const two = Buffer.concat([deflated, deflated]);
    expect(shim.inflateRawSync(two, { info: true })).toMatchObject({
      engine: { bytesWritten: deflated.length },
    });
  });

  test.each([
    ['noise', noise.subarray(0, 40), {}],
    ['bytes that are cut', zlib.deflateRawSync(noise).subarray(0, 50), {}],
    ['more than is allowed', zlib.deflateRawSync(Buffer.alloc(1_000_000)), { maxOutputLength: 1_000 }],
  ])('%s: the error of Node', (_, bytes, options) => {
    const codeOf = (inflate: () => unknown) => {
      try {
        inflate();
        return 'none';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    const expected = codeOf(() => zlib.inflateRawSync(bytes, options));
    expect(expected).not.toBe('none');
    expect(codeOf(() => shim.inflateRawSync(bytes, options))).toBe(expected);
  });
});
