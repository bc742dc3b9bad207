// The log is a Map from number to message, of which the oldest entries are deleted.
export * from '../../../solutions/14-resume.ts';

import type { Position, RoomMessage } from '#labs/10-protocol';
import type { Post, Replay, RoomLogOptions } from '../../../solutions/14-resume.ts';

export class RoomLog {
  readonly epoch: string;
  readonly #room: string;
  readonly #options: RoomLogOptions;
  readonly #byNumber = new Map<number, RoomMessage>();
  readonly #numbers = new Map<string, Map<string, number>>();
  #remembered: [from: string, id: string][] = [];
  #first = 1;
  #next = 1;
  #length = 0;

  constructor(room: string, options: RoomLogOptions = {}) {
    this.#room = room;
    this.#options = options;
    this.epoch = options.epoch ?? crypto.randomUUID();
  }

  get seq(): number {
    return this.#next - 1;
  }

  append(post: Post): { seq: number; message?: RoomMessage } {
    const own = this.#numbers.get(post.from.id) ?? new Map<string, number>();
    const before = own.get(post.id);
    if (before !== undefined) return { seq: before };
    const message: RoomMessage = { ...post, type: 'chat', room: this.#room, seq: this.#next++ };
    this.#byNumber.set(message.seq, message);
    this.#length += message.content.length;
    this.#numbers.set(post.from.id, own.set(post.id, message.seq));
    this.#remembered.push([post.from.id, post.id]);
    this.#forget();
    return { seq: message.seq, message };
  }

  #forget(): void {
    const { maxMessages = 500, maxContentLength = 131_072, maxRemembered = 2_000 } = this.#options;
    while (this.#next - this.#first > maxMessages || this.#length > maxContentLength) {
      this.#length -= this.#byNumber.get(this.#first)?.content.length ?? 0;
      this.#byNumber.delete(this.#first++);
    }
    if (this.#remembered.length <= maxRemembered) return;
    const [[from, id]] = this.#remembered.splice(0, 1);
    this.#numbers.get(from)?.delete(id);
  }

  #from(seq: number): RoomMessage[] {
    return Array.from({ length: this.#next - seq }, (_, index) => this.#byNumber.get(seq + index)).filter(
      (message) => message !== undefined,
    );
  }

  replay(since?: Position): Replay {
    const wanted = (since?.seq ?? -1) + 1;
    const recovered = since?.epoch === this.epoch && wanted >= this.#first && wanted <= this.#next;
    const { lastMessages = 50 } = this.#options;
    return {
      recovered,
      messages: this.#from(recovered ? wanted : Math.max(this.#first, this.#next - lastMessages)),
    };
  }
}
