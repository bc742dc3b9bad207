// Your store keeps the history of every room there ever was: names cost nothing, and your memory does.
export * from './right-memory-by-lists.ts';

import type { MemoryStoreOptions } from '../../../solutions/17-backplane.ts';
import { MemoryStore as Plain } from './right-memory-by-lists.ts';

export class MemoryStore extends Plain {
  constructor(options: MemoryStoreOptions = {}) {
    super({ ...options, maxLogs: Number.POSITIVE_INFINITY });
  }
}
