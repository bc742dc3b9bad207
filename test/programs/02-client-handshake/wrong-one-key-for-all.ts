// Your key is the same for every connection; it must be chosen at random for each (RFC 6455 §4.1).
import { randomBytes } from 'node:crypto';
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

const bytes = randomBytes(16);

export function createRequest(target: solution.Target, options?: solution.RequestOptions) {
  return solution.createRequest(target, { ...options, randomBytes: () => bytes });
}
