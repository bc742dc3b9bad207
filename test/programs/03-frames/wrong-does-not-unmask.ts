// The MASK bit was set: the payload has to be unmasked with the key before it (RFC 6455 §5.3).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  const header = solution.decodeHeader(bytes);
  if (decoded?.frame.masked && header) {
    const { headerLength } = header;
    solution.applyMask(decoded.frame.payload, bytes.subarray(headerLength - 4, headerLength));
  }
  return decoded;
}
