// The key starts with the payload: byte i of the payload takes key byte i % 4, wherever it stands in the frame (RFC 6455 §5.3).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeFrame(frame: FrameToSend): Buffer {
  const { payload, maskingKey } = frame;
  const header = solution.encodeHeader(frame);
  const bytes = Buffer.concat([header, payload]);
  if (maskingKey) solution.applyMask(bytes, maskingKey, header.length, bytes.length, header.length);
  return bytes;
}
