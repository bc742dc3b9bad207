// You stop at a block with BFINAL 1; in a message the next block may follow it (RFC 7692 §7.2.3.4).
import { constants, inflateRawSync } from 'node:zlib';
import type { Frame } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override receive(frame: Frame): Frame | undefined {
    const received = super.receive(frame);
    const hasLastBlock = frame.rsv1 && frame.fin && (frame.payload[0] & 1) === 1;
    if (!received || !hasLastBlock) return received;
    return { ...received, payload: inflateRawSync(frame.payload, { finishFlush: constants.Z_SYNC_FLUSH }) };
  }
}
