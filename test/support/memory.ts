import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes buffers hold at this moment, all garbage collected. */
export function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** The same of the heap. */
export function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Whether nothing but weak references hold it any more. */
export async function collected(reference: WeakRef<object>): Promise<boolean> {
  // A WeakRef that was read stays strong until the turn of the event loop ends.
  for (let turn = 0; turn < 5; turn++) {
    await nextTurn();
    collectGarbage();
    if (reference.deref() === undefined) return true;
  }
  return false;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  // What the first collection found is freed in the background; the second one waits for that.
  collect();
}
