// A header is not a frame: as long as payload bytes are missing, decodeFrame returns undefined (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  const header = solution.decodeHeader(bytes);
  if (decoded || !header || header.payloadLength > 2 ** 30) return decoded;
  const missing = header.headerLength + header.payloadLength - bytes.length;
  return solution.decodeFrame(Buffer.concat([bytes, Buffer.alloc(missing)]));
}
