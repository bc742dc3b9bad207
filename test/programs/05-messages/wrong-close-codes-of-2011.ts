// You refuse 1012 to 1014; IANA registered them after the RFC, and they are legal (RFC 6455 §11.7).
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import { decodeClosePayload as decode, MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  override push(frame: Frame): void {
    if (frame.opcode === Opcode.Close) decodeClosePayload(frame.payload);
    super.push(frame);
  }
}

export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  const close = decode(payload);
  if (close.code >= 1012 && close.code <= 1014) throw new ProtocolError(1002, 'not in the RFC');
  return close;
}
