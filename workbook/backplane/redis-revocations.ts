import { InTurn } from './in-turn.ts';
import type { Keys } from './keys.ts';
import type { RedisLink } from './redis-link.ts';

/** Sign-outs kept for nodes that are cut off. */
const maxKept = 10_000;

const revoke = `
  local log, channel = unpack(KEYS)
  redis.call('XADD', log, 'MAXLEN', '~', ARGV[2], '*', 'session', ARGV[1])
  redis.call('SPUBLISH', channel, '')
`;

/** An entry of a stream: its id, and its fields with their values. */
type Entry = [id: string, fields: string[]];

/** The sign-ins that were ended: a stream that every node reads, and a channel that says when there is something new. */
export class RedisRevocations {
  static readonly scripts = { revoke };
  readonly #link: RedisLink;
  readonly #keys: Keys;
  readonly #tell: (session: string) => void;
  readonly #turns = new InTurn();
  /** The id of the last entry read. Undefined before the first session, and nothing from before that counts. */
  #last: string | undefined;

  constructor(link: RedisLink, keys: Keys, tell: (session: string) => void) {
    this.#link = link;
    this.#keys = keys;
    this.#tell = tell;
  }

  async revoke(session: string): Promise<void> {
    await this.#link.run('revoke', this.#keys.revoked, [session, String(maxKept)]);
  }

  /** In a new session: listens, and reads what came while nobody did. */
  async recover(): Promise<void> {
    const [, channel] = this.#keys.revoked;
    await Promise.all([
      // When it fails the session has ended, and the next one reads.
      this.#link.subscribe(channel, () => this.#read().catch(() => {})),
      this.#read(),
    ]);
  }

  #read(): Promise<void> {
    const [log] = this.#keys.revoked;
    return this.#turns.run(log, async () => {
      const entries =
        this.#last === undefined
          ? await this.#link.send(log, ['XREVRANGE', log, '+', '-', 'COUNT', '1'])
          : await this.#link.send(log, ['XRANGE', log, `(${this.#last}`, '+']);
      const isFirst = this.#last === undefined;
      this.#last ??= '0-0';
      for (const [id, [, session]] of entries as Entry[]) {
        this.#last = id;
        if (!isFirst) this.#tell(session);
      }
    });
  }
}
