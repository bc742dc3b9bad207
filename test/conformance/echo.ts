import type { Connection, ConnectionLimits } from '#labs/06-connection';

/** Conformance suites send messages of 16 MiB, and single messages in more than 65,536 fragments. */
export const suiteLimits: ConnectionLimits = {
  maxPayloadLength: 64 * 1024 * 1024,
  maxMessageLength: 64 * 1024 * 1024,
  maxFragments: 1_000_000,
};

/** Sends every message back: text as text, binary as binary. */
export function echo(connection: Connection): void {
  connection.on('message', (data, isBinary) => connection.send(isBinary ? data : data.toString()));
}
