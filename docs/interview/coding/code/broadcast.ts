/** What a room needs of a connection; those of `ws` have it. */
export interface Member {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Buffer, options: { binary: boolean }): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface Broadcast {
  /** True for what the next message replaces, a price say: who is behind misses it, and stays. */
  replaceable?: boolean;
}

const open = 1;

export class Room {
  readonly #members = new Set<Member>();
  readonly #slow = new Map<Member, ReturnType<typeof setTimeout>>();
  readonly #maxQueued: number;
  readonly #graceMs: number;

  constructor({ maxQueued = 1024 * 1024, graceMs = 5_000 } = {}) {
    this.#maxQueued = maxQueued;
    this.#graceMs = graceMs;
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  /** To be called when its connection has closed. A second call does nothing. */
  remove(member: Member): void {
    this.#members.delete(member);
    clearTimeout(this.#slow.get(member));
    this.#slow.delete(member);
  }

  /** Returns to how many it went. Waits for nobody. */
  broadcast(message: unknown, { replaceable = false }: Broadcast = {}): number {
    // Once, and as bytes: each send of a string would encode it anew.
    const bytes = Buffer.from(JSON.stringify(message));
    let count = 0;
    for (const member of this.#members) {
      if (member.readyState !== open) continue;
      if (member.bufferedAmount + bytes.length > this.#maxQueued) {
        if (!replaceable) this.#end(member);
        continue;
      }
      try {
        // Bytes that are text: without the option ws would make a binary frame of them.
        member.send(bytes, { binary: false });
        count++;
      } catch {
        member.terminate();
      }
    }
    return count;
  }

  /** The Close frame waits behind all that was not read: so there is an end without manners, too. */
  #end(member: Member): void {
    this.#members.delete(member);
    member.close(1013, 'Too slow: come back and resume.');
    this.#slow.set(
      member,
      setTimeout(() => {
        this.#slow.delete(member);
        member.terminate();
      }, this.#graceMs),
    );
  }
}
