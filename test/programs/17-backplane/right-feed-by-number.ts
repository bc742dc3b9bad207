// The feed keeps what came too early in a Map by number, and asks for what is missing one reading at a time.
export * from '../../../solutions/17-backplane.ts';

import type { Position, RoomMessage } from '#labs/10-protocol';
import type { FeedListener, RoomHistory } from '../../../solutions/17-backplane.ts';

export class RoomFeed {
  protected readonly read: (since?: Position) => Promise<RoomHistory>;
  protected readonly listener: FeedListener;
  protected position: Position | undefined;
  protected early = new Map<number, { epoch: string; message: RoomMessage }>();
  protected reading: Promise<void> | undefined;

  constructor(read: (since?: Position) => Promise<RoomHistory>, listener: FeedListener) {
    this.read = read;
    this.listener = listener;
  }

  catchUp(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => {
      this.reading = undefined;
      this.drain();
    });
    return this.reading;
  }

  take(epoch: string, message: RoomMessage): void {
    if (!this.keeps()) return;
    this.early.set(message.seq, { epoch, message });
    if (!this.reading) this.drain();
  }

  protected keeps(): boolean {
    return true;
  }

  protected drain(): void {
    const { position } = this;
    if (!position) return;
    const waiting = [...this.early.values()].sort((a, b) => a.message.seq - b.message.seq);
    this.early.clear();
    for (const [at, { epoch, message }] of waiting.entries()) {
      if (!this.isSame(epoch, position.epoch) || !this.isNext(message.seq, position.seq)) {
        this.startReading();
        for (const each of waiting.slice(at + 1)) this.early.set(each.message.seq, each);
        return;
      }
      if (message.seq <= position.seq) continue;
      position.seq = message.seq;
      this.listener.message(message);
    }
  }

  protected isSame(epoch: string, mine: string): boolean {
    return epoch === mine;
  }

  protected isNext(seq: number, last: number): boolean {
    return seq <= last + 1;
  }

  protected startReading(): void {
    this.catchUp().catch(() => {});
  }

  protected async readOnce(): Promise<void> {
    const before = this.position;
    const history = await this.read(before);
    this.position = { epoch: history.epoch, seq: history.seq };
    if (before) this.onHistory(history);
    else this.onFirst(history);
  }

  protected onFirst(_history: RoomHistory): void {}

  protected onHistory(history: RoomHistory): void {
    if (!history.recovered) this.listener.reset(history);
    else for (const message of history.messages) this.listener.message(message);
  }
}
