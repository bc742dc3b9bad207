// You close everyone in one go: all of them shake hands with the other nodes in the same moment.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  return right(connections, { ...options, spreadMs: options.spreadMs / options.batches, batches: 1 });
}
