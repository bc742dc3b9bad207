// You terminate a dead peer again at each sweep: forget it in the sweep that finds it.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  readonly #dead = new Set<Peer>();

  override get size(): number {
    return super.size + this.#dead.size;
  }

  override add(peer: Peer): void {
    const [ping, terminate] = [peer.ping.bind(peer), peer.terminate.bind(peer)];
    peer.ping = () => this.#dead.has(peer) || ping();
    peer.terminate = () => {
      terminate();
      this.#dead.add(peer);
      super.add(peer);
    };
    super.add(peer);
  }

  override remove(peer: Peer): void {
    this.#dead.delete(peer);
    super.remove(peer);
  }
}
