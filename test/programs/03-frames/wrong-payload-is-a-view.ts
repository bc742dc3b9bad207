// Your payload is a view of the caller’s bytes: when their memory is used again, the payload changes. Copy it (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  if (!decoded || decoded.frame.masked) return decoded;
  const { frame, bytesRead } = decoded;
  return {
    frame: { ...frame, payload: bytes.subarray(bytesRead - frame.payload.length, bytesRead) },
    bytesRead,
  };
}
