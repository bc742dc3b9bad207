// You send compressed messages without RSV1: the other side cannot tell, and hands on the compressed bytes (RFC 7692 §6).
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override send(frame: FrameToSend): FrameToSend {
    return { ...super.send(frame), rsv1: false };
  }
}
