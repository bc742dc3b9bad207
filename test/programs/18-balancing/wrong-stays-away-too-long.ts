// You tell each client a random part of the whole spread, though its batch has waited already: people are away many times longer than they need be.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  const { random = Math.random, batches } = options;
  return right(connections, { ...options, random: () => random() * batches });
}
