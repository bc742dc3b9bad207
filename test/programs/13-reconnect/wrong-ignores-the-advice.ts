// You do not use the server's advice: it has spread its clients, and yours comes when it likes.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  override advise(): void {}
}
