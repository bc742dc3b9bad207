import type { User } from '#labs/10-protocol';

/** Whom we have met, so that they can be written to by name. */
export class People {
  readonly #byId = new Map<string, User>();

  meet(user: User): void {
    this.#byId.set(user.id, user);
  }

  /**
   * Splits `Ben Smith how are you?` into a person and the rest: the longest name, or id, that it begins with.
   * Two people of one name are told apart by their ids.
   */
  addressee(text: string): { found: User[]; content: string } {
    let longest = '';
    let found: User[] = [];
    for (const user of this.#byId.values()) {
      for (const word of [user.name, user.id]) {
        if (!text.toLowerCase().startsWith(`${word.toLowerCase()} `) || word.length < longest.length)
          continue;
        found = word.length === longest.length ? [...found, user] : [user];
        longest = word;
      }
    }
    return { found, content: text.slice(longest.length).trim() };
  }
}
