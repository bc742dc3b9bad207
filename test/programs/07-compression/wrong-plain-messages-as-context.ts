// You count a message as context that was sent uncompressed; the peer's window never saw it.
import type { FrameToSend } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';
import { PeerContext } from '../../support/compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  readonly #context = new PeerContext();

  override send(frame: FrameToSend): FrameToSend {
    const sent = super.send(frame);
    const own = this.parameters.serverMaxWindowBits === 15 && !this.parameters.serverNoContextTakeover;
    if (frame.opcode > 2 || !own || this.parameters.clientNoContextTakeover) return sent;
    const payload = this.#context.deflate(frame.payload);
    return sent.rsv1 ? { ...sent, payload } : sent;
  }
}
