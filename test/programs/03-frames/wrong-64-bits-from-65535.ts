// 65,535 is the largest number of two bytes: it still has to go in the 16-bit length (RFC 6455 §5.2).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  const header = solution.encodeHeader(frame);
  if (frame.payload.length !== 65535) return header;
  const length = Buffer.from('000000000000ffff', 'hex');
  return Buffer.concat([header.subarray(0, 1), Buffer.from([header[1] | 127]), length, header.subarray(4)]);
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
