/** How a client comes back. All times in ms. */
export const reconnectPolicy = {
  /** The first retry comes after a random time up to this. Wide, so that many clients do not come at once. */
  firstMs: 4_000,
  /** No wait is longer than this. */
  capMs: 30_000,
  /** A connection that has lasted this long was a good one: the next loss starts from `firstMs` again. */
  stableMs: 10_000,
  /** After so many failures in a row the client gives up, until a person asks for more. */
  maxAttempts: 12,
} as const;

/**
 * The wait before a retry, in ms: full jitter inside the cap. The first one (attempt 0) is random too; with a
 * fixed one, all clients of a server that fails would knock in the same moment.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const { firstMs, capMs } = reconnectPolicy;
  return random() * Math.min(capMs, firstMs * 2 ** attempt);
}

/**
 * Whether to try again after this close code (RFC 6455 §7.4.1). Not after 1000, which was meant; not when the
 * other side says that we break the protocol, may not come in, or send what it does not take: the next
 * connection would end the same way.
 */
export function isRetryable(code: number): boolean {
  return ![1000, 1002, 1003, 1007, 1008, 1009, 1010].includes(code);
}
