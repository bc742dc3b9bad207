// A Close frame may be empty: then the code is 1005, and nothing is wrong (RFC 6455 §7.1.5).
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import { decodeClosePayload as decode, MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  override push(frame: Frame): void {
    if (frame.opcode === Opcode.Close && frame.payload.length === 0) throw new ProtocolError(1002, 'no code');
    super.push(frame);
  }
}

export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  if (payload.length === 0) throw new ProtocolError(1002, 'no code');
  return decode(payload);
}
