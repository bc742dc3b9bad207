// You put uncompressed messages into the window of what you receive; only compressed ones go through it (RFC 7692 §7.2.2).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';
import { PeerContext } from '../../support/compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override receive(frame: Frame): Frame | undefined {
    const received = super.receive(frame);
    const isMessage = frame.opcode === Opcode.Text && frame.fin && !frame.rsv1;
    if (isMessage) super.receive({ ...frame, rsv1: true, payload: new PeerContext().deflate(frame.payload) });
    return received;
  }
}
