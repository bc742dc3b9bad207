// 125 still fits the seven bits: only 126 and 127 mean that a longer length follows (RFC 6455 §5.2).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  const header = solution.encodeHeader(frame);
  if (frame.payload.length !== 125) return header;
  const second = (header[1] & 0x80) | 126;
  return Buffer.concat([header.subarray(0, 1), Buffer.from([second, 0, 125]), header.subarray(2)]);
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
