import { RoomLog } from '#labs/14-resume';
import { serverLimits } from './limits.ts';

/** The logs of all rooms, in memory. One that nobody is in is kept for those who come back, but not for ever. */
export class Rooms {
  readonly #isInUse: (room: string) => boolean;
  /** The longest unused first: a Map keeps the order, and one that is used moves to the end. */
  readonly #logs = new Map<string, RoomLog>();
  #messageCount = 0;

  /** `isInUse` says whether anyone is in a room; its log is then never forgotten. */
  constructor(isInUse: (room: string) => boolean) {
    this.#isInUse = isInUse;
  }

  /** Logs kept, those of empty rooms included. */
  get size(): number {
    return this.#logs.size;
  }

  /** Messages stored since the start. */
  get messageCount(): number {
    return this.#messageCount;
  }

  log(room: string): RoomLog {
    const log = this.#logs.get(room) ?? new RoomLog(room);
    this.#logs.delete(room);
    this.#logs.set(room, log);
    if (this.#logs.size > serverLimits.maxLogs) this.#forgetOne();
    return log;
  }

  append(room: string, post: Parameters<RoomLog['append']>[0]): ReturnType<RoomLog['append']> {
    const stored = this.log(room).append(post);
    if (stored.message) this.#messageCount++;
    return stored;
  }

  #forgetOne(): void {
    for (const room of this.#logs.keys()) {
      if (this.#isInUse(room)) continue;
      this.#logs.delete(room);
      return;
    }
  }
}
