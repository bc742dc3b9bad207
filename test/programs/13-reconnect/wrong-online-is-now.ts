// You connect in the moment the network is back: so does every machine behind the same access point.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override networkBack(): void {
    const before = this.state;
    super.networkBack();
    if (this.state !== before) this.tryNow();
  }
}
