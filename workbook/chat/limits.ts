import type { GuardLimits, Rate } from '#labs/16-limits';

/** The server's own bounds. Those a client must know are in `welcome`. */
export const serverLimits = {
  /** Bytes of one frame or one message on the wire; longer ones close the connection with 1009. */
  maxPayloadLength: 1_048_576,
  /** Time for the `auth` message, in ms; after it the connection is closed with 1008. */
  authDeadlineMs: 10_000,
  /** How often the server pings, in ms; who is gone is found within two of these. */
  heartbeatMs: 15_000,
  /** Time for the other side to answer a Close frame, in ms, before the socket is cut. */
  closeTimeoutMs: 3_000,
  /** Time for a flood to read why it is cut off, in ms. */
  cutOffMs: 500,
  /** Time for a handshake, TLS and HTTP, in ms. */
  handshakeMs: 10_000,
  /** TCP connections at once, those still in their handshake included. */
  maxSockets: 25_000,
  /** Streams of one HTTP/2 connection at once, WebSockets among them. Fewer than 100 are advised against (RFC 9113 §6.5.2). */
  maxStreams: 100,
  /** WebSockets at once, over all and an address. */
  caps: { total: 20_000, perAddress: 1_000 },
  /** How fast an address may ask for sessions and tickets. All its WebSockets may come back at once. */
  signInRate: { perSecond: 50, burst: 1_000 },
  /** Messages of one connection that wait for those before them to be carried out. */
  maxWaiting: 256,
  /** How a server that stops sends everyone away. */
  drain: { spreadMs: 1_000, batches: 10, deadlineMs: 3_000 },
} as const;

/** The bounds of the hub (lab 11). */
export const hubLimits = {
  /** Bytes that may wait for a slow reader; past it the connection is closed with 1013. */
  maxBufferedAmount: 1_048_576,
  /** Rooms one connection may be in. */
  maxRoomsPerMember: 100,
  /** Rooms with somebody in them. */
  maxRooms: 10_000,
} as const;

/** How fast one connection may send. */
export const guardLimits: GuardLimits = {
  messages: { perSecond: 50, burst: 200 },
  /** The longest messages, as often as all others. */
  bytes: { perSecond: 1_048_576, burst: 4 * 1_048_576 },
  control: { perSecond: 20, burst: 200 },
  /** A client that comes back sends all that was not acknowledged at once, and means no harm. */
  maxRefusals: 1_000,
};

/** How fast a user may send, over all their connections. */
export const userRate: Rate = { perSecond: 100, burst: 400 };
