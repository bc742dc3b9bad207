// Your close codes have their bytes swapped: the high byte comes first, as everywhere on the network (RFC 6455 §5.5.1).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import {
  decodeClosePayload as decode,
  encodeClosePayload as encode,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

function swapped(payload: Buffer): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length >= 2) bytes.subarray(0, 2).swap16();
  return bytes;
}

export class MessageAssembler extends Right {
  override push(frame: Frame): void {
    super.push(frame.opcode === Opcode.Close ? { ...frame, payload: swapped(frame.payload) } : frame);
  }
}

export function encodeClosePayload(code?: number, reason?: string): Buffer {
  return swapped(encode(code, reason));
}

export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  return decode(swapped(payload));
}
