/** How often the server pings, in ms; a dead peer is found within two of these. */
export const heartbeatMs = 15_000;

/** What a heartbeat needs of a connection. */
export interface Pingable {
  ping(): void;
  terminate(): void;
}

/**
 * The server's side: pings every peer each interval, and cuts those from which nothing has come since the
 * last ping. A peer whose machine is gone sends no FIN; silence is the only sign (RFC 6455 §5.5.2).
 */
export class Heartbeat {
  readonly #peers = new Map<Pingable, { alive: boolean }>();
  readonly #timer: NodeJS.Timeout;

  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.#beat(), intervalMs).unref();
  }

  add(peer: Pingable): void {
    this.#peers.set(peer, { alive: true });
  }

  remove(peer: Pingable): void {
    this.#peers.delete(peer);
  }

  /** Something came from the peer: a pong, or any message. */
  heard(peer: Pingable): void {
    const state = this.#peers.get(peer);
    if (state) state.alive = true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#peers.clear();
  }

  #beat(): void {
    for (const [peer, state] of this.#peers) {
      if (!state.alive) {
        this.#peers.delete(peer);
        peer.terminate();
        continue;
      }
      state.alive = false;
      peer.ping();
    }
  }
}
