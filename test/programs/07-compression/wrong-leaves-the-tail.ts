// You leave 00 00 ff ff at the end of a message; the sender cuts it off, the receiver puts it back (RFC 7692 §7.2.1).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override send(frame: FrameToSend): FrameToSend {
    const sent = super.send(frame);
    if (!sent.rsv1) return sent;
    return { ...sent, payload: Buffer.concat([sent.payload, Buffer.from('0000ffff', 'hex')]) };
  }
}
