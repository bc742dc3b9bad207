// You unmask the bytes that came in instead of a copy: decoded a second time they are masked again (RFC 6455 §5.3).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  decoded?.frame.payload.copy(bytes, decoded.bytesRead - decoded.frame.payload.length);
  return decoded;
}
