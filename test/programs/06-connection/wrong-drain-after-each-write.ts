// You emit 'drain' after every write; it means that the socket had been full and is not any more.
import { Connection as Right, type SendCallback } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  override send(data: string | Uint8Array, callback?: SendCallback): void {
    super.send(data, (error) => {
      callback?.(error);
      this.emit('drain');
    });
  }
}
