import { bufferBytes } from '../../support/memory.ts';

/** Bytes in use of the heap and of buffers, all garbage collected. */
export function heapBytes(): number {
  // Twice: what the first collection finalizes is gone at the second.
  bufferBytes();
  return bufferBytes() + process.memoryUsage().heapUsed;
}
