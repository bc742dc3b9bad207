// Your timer runs on when nobody is left: it keeps the process alive, and wakes it for nothing.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer | Pingable> {
  readonly #nobody: Pingable = { ping: () => this.heard(this.#nobody), terminate: () => {} };

  override get size(): number {
    return Math.max(0, super.size - 1);
  }

  override add(peer: Peer | Pingable): void {
    super.add(this.#nobody);
    super.add(peer);
  }
}
