// Your send throws when the connection is not open: the peer may close at any moment, and no caller can know.
import { ReadyState, Connection as Right, type SendCallback } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override send(data: string | Uint8Array, callback?: SendCallback): void {
    if (this.readyState !== ReadyState.Open) throw new Error('not open');
    super.send(data, callback);
  }
}
