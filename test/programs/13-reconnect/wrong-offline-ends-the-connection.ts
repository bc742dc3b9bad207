// You end an open connection at the news that the network is gone: it may be wrong, and the connection knows better.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override networkLost(): void {
    super.networkLost();
    if (this.state.name === 'open') this.stop();
  }
}
