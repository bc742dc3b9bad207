// You cut a long ping to 125 bytes in silence; the caller has to know: a RangeError.
import { Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override ping(payload: Uint8Array = Buffer.alloc(0)): void {
    super.ping(payload.subarray(0, 125));
  }

  override pong(payload: Uint8Array = Buffer.alloc(0)): void {
    super.pong(payload.subarray(0, 125));
  }
}
