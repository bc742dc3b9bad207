// The caller asked for RSV1 and it is not set: permessage-deflate marks its messages with it (RFC 7692 §6).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  return solution.encodeHeader({ ...frame, rsv1: false });
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
