// A fragment that is not the last has FIN 0; yours all say that they are the last (RFC 6455 §5.4).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  return solution.encodeHeader({ ...frame, fin: true });
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
