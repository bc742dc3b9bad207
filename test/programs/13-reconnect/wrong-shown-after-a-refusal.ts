// You connect when the page is shown, although the server has refused you, or stop was called.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override pageShown(): void {
    this.tryNow();
  }
}
