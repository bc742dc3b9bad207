// Your node stops without taking its people out of their rooms: they stay on every list.
export * from './right-memory-by-lists.ts';

import { MemoryBackplane as Plain } from './right-memory-by-lists.ts';

export class MemoryBackplane extends Plain {
  override async stop(): Promise<void> {
    this.store.nodes = this.store.nodes.filter((node) => node !== this);
  }
}
