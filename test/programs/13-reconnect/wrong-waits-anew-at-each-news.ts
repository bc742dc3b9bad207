// You draw a new wait each time the network is said to be back: on a train it may never end.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override networkBack(): void {
    if (this.state.name === 'waiting') this.networkLost();
    super.networkBack();
  }
}
