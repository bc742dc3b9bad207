// You let the errors of zlib pass: what the peer sent must become a ProtocolError 1007, or it ends your process.
import { type Frame, ProtocolError } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  override receive(frame: Frame): Frame | undefined {
    try {
      return super.receive(frame);
    } catch (error) {
      if (error instanceof ProtocolError && error.closeCode === 1007) throw new Error(error.message);
      throw error;
    }
  }
}
