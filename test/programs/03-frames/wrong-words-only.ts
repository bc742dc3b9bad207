// Masking four bytes at a time leaves up to three at the end: they are masked too (RFC 6455 §5.3).
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function applyMask(
  bytes: Uint8Array,
  key: Uint8Array,
  start = 0,
  end = bytes.length,
  position = 0,
): void {
  solution.applyMask(bytes, key, start, end - ((end - start) % 4), position);
}
