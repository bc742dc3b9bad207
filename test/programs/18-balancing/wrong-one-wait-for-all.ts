// You tell all of one batch the same wait, so they come back together.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  return right(connections, { ...options, random: () => 0.5 });
}
