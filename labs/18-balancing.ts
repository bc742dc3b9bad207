import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

/**
 * Rendezvous hashing (highest random weight, Thaler and Ravishankar 1998): all `nodes`, the best for this `key`
 * first. A node that comes or goes moves only the keys that it gets or had: 1/n of them.
 *
 * The same answer on every machine and in a page, whatever the order of `nodes`. Names in `nodes` differ from
 * each other; the argument itself is left as it is.
 */
export function rank(key: string, nodes: readonly string[]): string[] {
  // TODO: a number for each pair of key and node, as good as random and always the same; the highest first, and ties decided by something that every machine sees alike
  throw new Unfinished('18-balancing: rank');
}

// TODO: your hash: no node: imports, for it runs in a page; names that differ in their last character only must get quite different numbers

/** A connection, for whoever sends it away. */
export interface Leaving {
  tell(message: MessageOf<ServerMessage, 'drain'>): void;
  /** Begins the closing handshake (RFC 6455 §7.1.2). */
  close(code: number, reason: string): void;
  /** Ends TCP at once. */
  terminate(): void;
}

export interface DrainOptions {
  /** From the first client that is sent away to the last one that is told to come back, in ms; 0 or more. */
  spreadMs: number;
  /** In how many groups of one size they are sent away, one every `spreadMs / batches`; 1 or more. */
  batches: number;
  /** In ms from the start, more than `spreadMs`: whoever is left then is cut. */
  deadlineMs: number;
  clock?: Clock;
  /** From 0 inclusive to 1 exclusive. Default: `Math.random`. */
  random?: () => number;
}

/** How they left. */
export interface DrainReport {
  /** So many were gone before the deadline. */
  polite: number;
  /** So many had to be cut at it. */
  cut: number;
}

/**
 * Sends everyone away before a restart, in batches, the first at once. Each is told `drain {reconnectInMs}`, a
 * random part of the time until the next batch, and is closed with 1012 (service restart, IANA registry). So
 * clients come back evenly over `spreadMs`, and each is away for a moment only.
 *
 * `connections` is live: members vanish as they close, and nobody is added. Resolves once it is empty, or at the
 * deadline. A connection that throws stops nothing; if it stays, it is cut.
 */
export async function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  // TODO: everyone in slices, one a batch, without those who are gone by then; wait between batches, then until the set is empty, never past the deadline; terminate who is left
  throw new Unfinished('18-balancing: drain');
}

// TODO: helpers of your own, if you like: sending one away, and what goes on when a connection throws
