// An opcode has four bits: with three, a close (8) looks like a continuation (RFC 6455 §5.2).
import type { Frame, FrameHeader } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const decoded = solution.decodeFrame(bytes);
  return decoded && { ...decoded, frame: { ...decoded.frame, opcode: decoded.frame.opcode & 7 } };
}

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const header = solution.decodeHeader(bytes, start, end);
  return header && { ...header, opcode: header.opcode & 7 };
}
