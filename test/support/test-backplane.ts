import { type Backplane, type BackplaneListener, MemoryBackplane, Unavailable } from '#labs/17-backplane';

/** What a check may hold back or refuse. */
type Method = 'append' | 'read' | 'enter' | 'membersOf' | 'arrive' | 'direct' | 'revoke' | 'claim';

/** Calls of one method that wait for the check. */
export interface Hold {
  /** Resolves when the first of them waits. */
  readonly asked: Promise<void>;
  /** All that wait go on, and later ones do not wait. */
  release(): void;
}

interface Waiting {
  when: 'before' | 'after';
  asked(): void;
  released: Promise<void>;
}

/** The store in memory, whose answers a check can hold back and refuse. */
export class TestBackplane extends MemoryBackplane implements Backplane {
  /** The store cannot be reached: every call is refused. */
  isAway = false;
  /** Calls of these are refused. */
  readonly refuses = new Set<Method>();
  /** What it tells its node. */
  listener: BackplaneListener | undefined;
  /** Whether it was stopped. */
  isStopped = false;
  /** What was stored, by id. */
  readonly stored: string[] = [];
  readonly #held = new Map<Method, Waiting>();

  /** Calls from now on wait: `before` they do anything, or `after` it, with their answer. */
  hold(method: Method, when: 'before' | 'after'): Hold {
    let wasAsked = () => {};
    let release = () => {};
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held.set(method, { when, asked: wasAsked, released });
    return {
      asked,
      release: () => {
        this.#held.delete(method);
        release();
      },
    };
  }

  async #answer<T>(method: Method, act: () => Promise<T>): Promise<T> {
    const held = this.#held.get(method);
    held?.asked();
    if (held?.when === 'before') await held.released;
    if (this.isAway || this.refuses.has(method)) throw new Unavailable('The check says so.', 70);
    const answer = await act();
    if (held?.when === 'after') await held.released;
    return answer;
  }

  override get isUp(): boolean {
    return super.isUp && !this.isAway;
  }

  override start(listener: BackplaneListener): Promise<void> {
    this.listener = listener;
    return super.start(listener);
  }

  override stop(): Promise<void> {
    this.isStopped = true;
    return super.stop();
  }

  override append(...asked: Parameters<Backplane['append']>) {
    return this.#answer('append', () => {
      this.stored.push(asked[1].id);
      return super.append(...asked);
    });
  }

  override read(...asked: Parameters<Backplane['read']>) {
    return this.#answer('read', () => super.read(...asked));
  }

  override enter(...asked: Parameters<Backplane['enter']>) {
    return this.#answer('enter', () => super.enter(...asked));
  }

  override membersOf(room: string) {
    return this.#answer('membersOf', () => super.membersOf(room));
  }

  override arrive(...asked: Parameters<Backplane['arrive']>) {
    return this.#answer('arrive', () => super.arrive(...asked));
  }

  override direct(...asked: Parameters<Backplane['direct']>) {
    return this.#answer('direct', () => super.direct(...asked));
  }

  override revoke(session: string) {
    return this.#answer('revoke', () => super.revoke(session));
  }

  override claim(...asked: Parameters<Backplane['claim']>) {
    return this.#answer('claim', () => super.claim(...asked));
  }
}
