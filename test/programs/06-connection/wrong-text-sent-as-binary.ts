// You send strings in binary frames; a string is text, opcode 1 (RFC 6455 §5.6).
import { Connection as Right, type SendCallback } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override send(data: string | Uint8Array, callback?: SendCallback): void {
    super.send(Buffer.from(data), callback);
  }
}
