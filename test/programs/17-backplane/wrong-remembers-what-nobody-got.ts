// Your node remembers a direct message that nobody got: sent again when the other is there, it is taken for a repeat.
export * from './right-memory-by-lists.ts';

import { MemoryBackplane as Plain } from './right-memory-by-lists.ts';

export class MemoryBackplane extends Plain {
  protected override remembersAll(): boolean {
    return true;
  }
}
