import type { Connection } from '#labs/06-connection';

/** The server's side of a sketch. */
export interface Scenario {
  /** What its page asks for as subprotocol (RFC 6455 §1.9): its own, so that no other client is taken for one. */
  subprotocol: string;
  /** A page has connected. The connection's `error` event needs no listener: `close` follows. */
  accept(connection: Connection): void;
  /** Ends its timers. Whoever is connected is cut by the host. */
  stop(): void;
}
