// The four bytes of the key belong to the frame: your bytesRead leaves them out (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  return decoded && { ...decoded, bytesRead: decoded.bytesRead - (decoded.frame.masked ? 4 : 0) };
}
