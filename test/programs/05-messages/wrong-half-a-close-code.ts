// A Close payload of one byte is not an empty one: half a code is a protocol error, 1002 (RFC 6455 §5.5.1).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { decodeClosePayload as decode, MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

const enough = (payload: Buffer) => (payload.length < 2 ? Buffer.alloc(0) : payload);

export class MessageAssembler extends Right {
  override push(frame: Frame): void {
    super.push(frame.opcode === Opcode.Close ? { ...frame, payload: enough(frame.payload) } : frame);
  }
}

export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  return decode(enough(payload));
}
