// terminate tells 'close', and the socket's end tells it again: it comes once.
import { ReadyState, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override terminate(): void {
    super.terminate();
    if (this.readyState !== ReadyState.Closed) this.emit('close', 1006, Buffer.alloc(0));
  }
}
