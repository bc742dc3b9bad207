// RSV1 is the bit next to FIN (0x40), RSV3 the one next to the opcode (0x10); yours are the other way round (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  if (!decoded) return undefined;
  const { frame, bytesRead } = decoded;
  return { frame: { ...frame, rsv1: frame.rsv3, rsv3: frame.rsv1 }, bytesRead };
}
