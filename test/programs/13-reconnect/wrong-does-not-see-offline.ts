// You go on trying without a network: remember the news, and wait for the network instead.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override networkLost(): void {}
}
