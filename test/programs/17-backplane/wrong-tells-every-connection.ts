// Your node tells each connection as a person: with two tabs somebody joins twice.
export * from './right-memory-by-lists.ts';

import { MemoryBackplane as Plain } from './right-memory-by-lists.ts';

export class MemoryBackplane extends Plain {
  protected override isAbsent(): boolean {
    return true;
  }
}
