// You mask in the caller’s own bytes: they are changed, and a second send of them goes out wrong (RFC 6455 §5.3).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeFrame(frame: FrameToSend): Buffer {
  const { payload, maskingKey } = frame;
  const header = solution.encodeHeader(frame);
  if (maskingKey) solution.applyMask(payload, maskingKey);
  return Buffer.concat([header, payload]);
}
