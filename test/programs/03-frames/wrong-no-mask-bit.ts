// A key without the MASK bit is read as payload: set the top bit of byte 1 when there is a key (RFC 6455 §5.2).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  const header = solution.encodeHeader(frame);
  header[1] &= 0x7f;
  return header;
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
