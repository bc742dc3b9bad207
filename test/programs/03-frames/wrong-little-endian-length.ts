// The longer lengths go out most significant byte first, in network byte order; yours begin with the least (RFC 6455 §5.2).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader(frame: FrameToSend): Buffer {
  const header = solution.encodeHeader(frame);
  const length = frame.payload.length;
  if (length > 125 && length < 65536) header.writeUInt16LE(length, 2);
  if (length > 65535) header.writeBigUInt64LE(BigInt(length), 2);
  return header;
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const { length } = solution.encodeHeader(frame);
  return Buffer.concat([encodeHeader(frame), solution.encodeFrame(frame).subarray(length)]);
}
