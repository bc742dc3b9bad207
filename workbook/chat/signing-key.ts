import { hkdfSync, randomBytes } from 'node:crypto';

/**
 * The key that signs sessions and tickets, of 32 bytes (RFC 7518 §3.2): made from `secret`, so that nodes with
 * one secret know each other's users, or random, and then sessions end with the process.
 */
export function signingKey(secret: string | undefined): Uint8Array {
  if (!secret) return randomBytes(32);
  return new Uint8Array(hkdfSync('sha256', secret, '', 'websocket-101 sessions', 32));
}
