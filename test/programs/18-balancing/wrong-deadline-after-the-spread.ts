// You count the deadline from the last batch, not from the start: the machine is switched off before you are done.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  return right(connections, { ...options, deadlineMs: options.spreadMs + options.deadlineMs });
}
