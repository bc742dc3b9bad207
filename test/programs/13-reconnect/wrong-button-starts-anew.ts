// Your tryNow ends what is under way and starts anew: pressed twice, it cuts the connection it has just made.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override tryNow(): void {
    this.stop();
    super.tryNow();
  }
}
