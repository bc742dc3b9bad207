import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';

// #region rank
/**
 * Rendezvous hashing (highest random weight, Thaler and Ravishankar 1998): all `nodes`, the best for this `key`
 * first. A node that comes or goes moves only the keys that it gets or had: 1/n of them.
 *
 * The same answer on every machine and in a page, whatever the order of `nodes`. Names in `nodes` differ from
 * each other; the argument itself is left as it is.
 */
export function rank(key: string, nodes: readonly string[]): string[] {
  // #region solution: a number for each pair of key and node, as good as random and always the same; the highest first, and ties decided by something that every machine sees alike
  const keyHash = hash(key);
  return nodes
    .map((node) => ({ node, weight: mix(keyHash ^ hash(node)) }))
    .sort((a, b) => b.weight - a.weight || (a.node < b.node ? -1 : 1))
    .map(({ node }) => node);
  // #endregion
}
// #endregion rank

// #region solution: your hash: no node: imports, for it runs in a page; names that differ in their last character only must get quite different numbers
// #region hash
const utf8 = new TextEncoder();

/** 32 bits of a text: FNV-1a over its UTF-8. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (const byte of utf8.encode(text)) bits = Math.imul(bits ^ byte, 0x01000193);
  return bits;
}

/**
 * Spreads every bit over all 32 (the last step of MurmurHash3), as a number from 0 to 2³²−1. FNV-1a alone would
 * not do: texts that end alike, `…:8081` and `…:8082`, get numbers that lie close together, and one node of four
 * would be first for half of all keys. No two numbers become one.
 */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
// #endregion hash
// #endregion

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
  // #region solution: everyone in slices, one a batch, without those who are gone by then; wait between batches, then until the set is empty, never past the deadline; terminate who is left
  // #region drain
  const { spreadMs, batches, deadlineMs, clock = systemClock, random = Math.random } = options;
  const everyone = [...connections];
  const intervalMs = spreadMs / batches;
  const endsAt = clock.now() + deadlineMs;
  const isOver = () => connections.size === 0 || clock.now() >= endsAt;
  const wait = (ms: number) =>
    new Promise<void>((resolve) => clock.setTimeout(resolve, Math.min(ms, endsAt - clock.now())));

  for (let batch = 0; batch < batches && !isOver(); batch++) {
    const [first, end] = [batch, batch + 1].map((n) => Math.ceil((n * everyone.length) / batches));
    for (const connection of everyone.slice(first, end)) {
      if (connections.has(connection)) sendAway(connection, Math.floor(random() * intervalMs));
    }
    await wait(intervalMs);
  }
  while (!isOver()) await wait(lookEveryMs);

  const left = [...connections];
  for (const connection of left) attempt(() => connection.terminate());
  return { polite: everyone.length - left.length, cut: left.length };
  // #endregion drain
  // #endregion
}

// #region solution: helpers of your own, if you like: sending one away, and what goes on when a connection throws
/** A set does not say when it becomes empty. */
const lookEveryMs = 50;

// #region send-away
function sendAway(connection: Leaving, reconnectInMs: number): void {
  attempt(() => connection.tell({ type: 'drain', reconnectInMs }));
  attempt(() => connection.close(1012, 'The server restarts.'));
}

/** A connection that is broken has nothing to say to the others. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // It is cut at the deadline, unless it is gone by then.
  }
}
// #endregion send-away
// #endregion
