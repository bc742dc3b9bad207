import { expect } from 'vitest';
import type { MessageOf, RoomMessage, ServerMessage, User } from '#labs/10-protocol';
import type { Backplane, BackplaneListener, RoomHistory } from '#labs/17-backplane';

/** What a backplane has told its node. */
export type Told =
  | { what: 'message'; message: RoomMessage }
  | { what: 'presence'; room: string; user: User; event: 'joined' | 'left' }
  | { what: 'reset'; room: string; history: RoomHistory }
  | { what: 'direct'; to: string; message: MessageOf<ServerMessage, 'direct'> }
  | { what: 'revoked'; session: string }
  | { what: 'health'; isUp: boolean };

/** A node of a chat with nothing but its backplane: it writes down what it is told. */
export class TestNode<B extends Backplane = Backplane> {
  readonly backplane: B;
  readonly told: Told[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(backplane: B) {
    this.backplane = backplane;
  }

  static async start<B extends Backplane>(backplane: B): Promise<TestNode<B>> {
    const node = new TestNode(backplane);
    await backplane.start(node.#listener());
    return node;
  }

  #listener(): BackplaneListener {
    return {
      message: (message) => this.#tell({ what: 'message', message }),
      presence: (room, user, event) => this.#tell({ what: 'presence', room, user, event }),
      reset: (room, history) => this.#tell({ what: 'reset', room, history }),
      direct: (to, message) => this.#tell({ what: 'direct', to, message }),
      revoked: (session) => this.#tell({ what: 'revoked', session }),
      health: (isUp) => this.#tell({ what: 'health', isUp }),
    };
  }

  #tell(told: Told): void {
    this.told.push(told);
    for (const look of this.#waiting) look();
  }

  /** The ids of the room's messages it was told, in that order. */
  said(room: string): string[] {
    return this.told.flatMap((told) =>
      told.what === 'message' && told.message.room === room ? [told.message.id] : [],
    );
  }

  /** Who came into a room and who left it: `+Ada`, `-Ben`. */
  presence(room: string): string[] {
    return this.told.flatMap((told) =>
      told.what === 'presence' && told.room === room
        ? [`${told.event === 'joined' ? '+' : '-'}${told.user.name}`]
        : [],
    );
  }

  /** All it was told of one kind. */
  all<W extends Told['what']>(what: W): Extract<Told, { what: W }>[] {
    return this.told.filter((told): told is Extract<Told, { what: W }> => told.what === what);
  }

  /** Waits until `look` gives this, for so many ms; then `expect` says what came instead. */
  async until(what: string, look: () => unknown, wanted: unknown, ms = 1_500): Promise<void> {
    const isThere = () => JSON.stringify(look()) === JSON.stringify(wanted);
    if (!isThere()) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          this.#waiting.delete(onTold);
          resolve();
        };
        const onTold = () => {
          if (isThere()) end();
        };
        const timer = setTimeout(end, ms);
        this.#waiting.add(onTold);
      });
    }
    expect(look(), what).toEqual(wanted);
  }

  /** Waits until exactly these messages of a room were told, in this order. */
  async hears(room: string, ids: readonly string[], ms?: number): Promise<void> {
    await this.until(`what the node was told in ${room}`, () => this.said(room), ids, ms);
  }
}
