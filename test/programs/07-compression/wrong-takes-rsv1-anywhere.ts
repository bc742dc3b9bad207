// You do not look at RSV1 on continuations and control frames; only the first frame of a message may have it (RFC 7692 §6).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override receive(frame: Frame): Frame | undefined {
    const isFirst = frame.opcode === Opcode.Text || frame.opcode === Opcode.Binary;
    return super.receive({ ...frame, rsv1: frame.rsv1 && isFirst });
  }
}
