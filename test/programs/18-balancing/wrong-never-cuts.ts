// You wait for those who never answer, so one dead client holds up the restart for ever.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  return right(connections, { ...options, deadlineMs: 2 ** 31 });
}
