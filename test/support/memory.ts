import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes buffers hold at this moment, all garbage collected. */
export function bufferBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

/** Whether nothing but weak references hold it any more. */
export async function collected(reference: WeakRef<object>): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  // A WeakRef that was read stays strong until the turn of the event loop ends.
  for (let turn = 0; turn < 5; turn++) {
    await nextTurn();
    gc();
    if (reference.deref() === undefined) return true;
  }
  return false;
}
