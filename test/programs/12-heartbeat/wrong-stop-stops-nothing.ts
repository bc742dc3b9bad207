// After stop your timer runs on, and pings whoever is left.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  override stop(): void {}
}
