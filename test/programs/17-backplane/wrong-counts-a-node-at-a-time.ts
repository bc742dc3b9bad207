// Your node counts a user's connections on itself alone: with a tab on two nodes one joins twice, and leaves while still there.
export * from './right-memory-by-lists.ts';

import { MemoryBackplane as Plain } from './right-memory-by-lists.ts';

export class MemoryBackplane extends Plain {
  protected override counted(room: string) {
    return super.counted(room).filter(({ node }) => node === this);
  }
}
