// A pong that is told after the close puts the peer back on your list, for ever: heard must ignore whom it does not know.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  override heard(peer: Peer): void {
    this.add(peer);
  }
}
