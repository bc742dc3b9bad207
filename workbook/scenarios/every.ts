import type { Clock } from '../clock.ts';

/** Runs it each `ms` milliseconds from now on, until the function that comes back is called. */
export function every(clock: Clock, ms: number, run: () => void): () => void {
  const again = () => {
    timer = clock.setTimeout(again, ms);
    run();
  };
  let timer = clock.setTimeout(again, ms);
  return () => clock.clearTimeout(timer);
}
