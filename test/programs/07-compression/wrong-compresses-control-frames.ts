// You compress pings and Close frames; compression is for messages only (RFC 7692 §6).
import { type FrameToSend, Opcode } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override send(frame: FrameToSend): FrameToSend {
    return { ...super.send({ ...frame, opcode: Opcode.Binary }), opcode: frame.opcode };
  }
}
