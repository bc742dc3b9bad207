/**
 * Names of keys and channels. What stands in braces is the hash tag: of a cluster's 16,384 slots it alone picks
 * one, so that all keys of a room are on one server, and a script can use them together.
 */
export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** In the order in which the scripts know them; the channel is the last. */
  ofRoom(room: string): string[] {
    const key = this.#key('room', room);
    return [`${key}:state`, `${key}:log`, `${key}:ids`, `${key}:members`, `${key}:count`, key];
  }

  /** The channel of a user's direct messages. */
  ofUser(id: string): string {
    return this.#key('user', id);
  }

  /** That this direct message was delivered; `from` is its sender's id. */
  ofDirect(to: string, from: string, id: string): string {
    return `${this.ofUser(to)}:direct:${JSON.stringify([from, id])}`;
  }

  ofClaim(key: string): string {
    return `${this.#prefix}:claim:${key}`;
  }

  /** The nodes and until when each is alive. */
  get nodes(): string {
    return `${this.#prefix}:nodes`;
  }

  /** The sign-ins that were ended, and the channel that tells of a new one. */
  get revoked(): string[] {
    return [`${this.#prefix}:{revoked}`, `${this.#prefix}:{revoked}:new`];
  }

  /** A name may hold what ends a tag, and half a surrogate pair, which UTF-8 cannot say. */
  #key(kind: string, name: string): string {
    const tag = name.replace(/[{}%]|\p{Cs}/gu, (part) => `%${part.charCodeAt(0).toString(16)}`);
    return `${this.#prefix}:${kind}:{${tag}}`;
  }
}
