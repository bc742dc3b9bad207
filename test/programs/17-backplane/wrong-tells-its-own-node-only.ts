// Your node tells only itself: the people on other nodes read nothing of it.
export * from './right-memory-by-lists.ts';

import { MemoryBackplane as Plain } from './right-memory-by-lists.ts';

export class MemoryBackplane extends Plain {
  protected override heard(): Plain[] {
    return [this];
  }
}
