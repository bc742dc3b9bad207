// Everyone has left, and you wait for the deadline all the same: each restart takes as long as the slowest.
import {
  type DrainOptions,
  type DrainReport,
  type Leaving,
  drain as right,
} from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export async function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  const { clock, deadlineMs } = options;
  const startedAt = clock?.now() ?? 0;
  const report = await right(connections, options);
  const left = deadlineMs - ((clock?.now() ?? 0) - startedAt);
  if (left > 0) await new Promise<void>((resolve) => clock?.setTimeout(resolve, left));
  return report;
}
