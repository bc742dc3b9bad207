import { Heartbeat, type Pingable } from '#labs/12-heartbeat';
import { slotOf } from './cluster-slot.ts';
import { Unavailable } from './unavailable.ts';

export interface SessionOptions {
  /** Any server of a cluster, or the only one. */
  url: string;
  cluster: boolean;
  /** A server that says nothing for twice as long, pings included, is gone. In ms. */
  timeoutMs: number;
  /** Lua by name. Each begins with a local `generation`, which names what this Redis remembers. */
  scripts: Readonly<Record<string, string>>;
}

type Client = Awaited<ReturnType<typeof createRedisClient>>;

/**
 * One connection, for commands and messages alike: RESP3 allows both, so neither can be lost alone. The driver
 * neither reconnects nor queues; it would do so without our knowing what was missed meanwhile. It is loaded when it
 * is needed: a chat in memory starts half a second sooner.
 */
async function createRedisClient(url: string) {
  const { createClient } = await import('@redis/client');
  return createClient({
    url,
    RESP: 3,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false },
    // One heartbeat for the connection instead of a timer for each command.
    commandOptions: { timeout: 0 },
  });
}

/**
 * Connections to Redis that begin and end together: one, or one to each master of a cluster. Whatever goes wrong
 * with one of them, be it a refused command, ends all: who opens the next session learns anew where things are.
 */
export class RedisSession {
  readonly #options: SessionOptions;
  readonly #onEnd: (why: Error) => void;
  readonly #heartbeat: Heartbeat<Pingable>;
  readonly #clients: Client[] = [];
  /** By slot: all the same one where there is no cluster, undefined for a slot that nobody has. */
  readonly #masters = new Array<Client | undefined>(16_384);
  readonly #shas = new Map<string, string>();
  /** URLs of the servers of a cluster, once it is open: each of them can be asked for the others. */
  readonly members: string[] = [];
  #ended: Error | undefined;

  constructor(options: SessionOptions, onEnd: (why: Error) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#heartbeat = new Heartbeat(options.timeoutMs);
  }

  /** Connects, finds out what this Redis remembers, and loads the scripts. Rejects when that cannot be done. */
  async open(): Promise<void> {
    const first = await this.#connect(this.#options.url);
    if (this.#options.cluster) await this.#connectMasters(first);
    else this.#masters.fill(first);
    const masters = [...new Set(this.#masters)].filter((client) => client !== undefined);
    const generation = (await Promise.all(masters.map(generationOf))).sort().join(' ');
    for (const [name, lua] of Object.entries(this.#options.scripts)) {
      const script = `local generation = '${generation}' ${lua}`;
      const shas = await Promise.all(masters.map((client) => client.scriptLoad(script)));
      this.#shas.set(name, shas[0]);
    }
  }

  /** Ends all connections; what was asked and not answered is rejected. Without effect the second time. */
  end(why = new Error('The connection to Redis was closed.')): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#heartbeat.stop();
    for (const client of this.#clients) client.destroy();
    this.#onEnd(why);
  }

  /**
   * Runs a script on the server that has its keys. By its hash, never by its text: a server that does not know
   * the hash was restarted since, and may have forgotten more than scripts.
   */
  run(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const sha = this.#shas.get(name) ?? '';
    return this.send(keys[0], ['EVALSHA', sha, String(keys.length), ...keys, ...args]);
  }

  /** Sends a command to the server that has the key. */
  send(key: string, command: string[]): Promise<unknown> {
    return this.#ask(key, (client) => client.sendCommand(command));
  }

  /** Listens to a sharded channel: in a cluster it is published on one server, that of its slot. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    return this.#ask(channel, (client) => client.sSubscribe(channel, listener));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#ask(channel, (client) => client.sUnsubscribe(channel));
  }

  async #ask<Reply>(key: string, question: (client: Client) => Promise<Reply>): Promise<Reply> {
    const client = this.#masters[this.#options.cluster ? slotOf(key) : 0];
    try {
      if (this.#ended) throw this.#ended;
      if (!client) throw new Error('no server of the cluster has this slot');
      return await question(client);
    } catch (error) {
      this.end(asError(error));
      throw new Unavailable(`Redis: ${asError(error).message}`);
    }
  }

  async #connect(url: string): Promise<Client> {
    if (this.#ended) throw this.#ended;
    const client = await createRedisClient(url);
    if (this.#ended) throw this.#ended;
    this.#clients.push(client);
    client.on('error', (error) => this.end(asError(error)));
    // A cluster that gives a slot to another server ends the subscriptions to its channels.
    client.on('sharded-channel-moved', () => this.end(new Error('a slot has moved')));
    await client.connect();
    if (this.#ended) client.destroy();
    if (this.#ended) throw this.#ended;
    const peer: Pingable = {
      ping: () =>
        client.ping().then(
          () => this.#heartbeat.heard(peer),
          () => {},
        ),
      terminate: () => this.end(new Error(`no answer within ${2 * this.#options.timeoutMs} ms`)),
    };
    this.#heartbeat.add(peer);
    return client;
  }

  async #connectMasters(first: Client): Promise<void> {
    const ranges = await first.clusterSlots();
    const byAddress = new Map<string, Promise<Client>>();
    for (const { from, to, master, replicas } of ranges) {
      const url = this.#urlOf(master);
      const connecting = byAddress.get(url) ?? this.#connect(url);
      byAddress.set(url, connecting);
      this.#masters.fill(await connecting, from, to + 1);
      this.members.push(url, ...replicas.map((replica) => this.#urlOf(replica)));
    }
  }

  #urlOf({ host, port }: { host: string; port: number }): string {
    const url = new URL(this.#options.url);
    // A server that does not know its own address is the one that was asked.
    if (host) url.hostname = host;
    url.port = String(port);
    return url.href;
  }
}

/**
 * Names what a server remembers. One that forgets nothing it has acknowledged has the same name after a restart:
 * it writes to disk before it answers (`appendonly yes`, `appendfsync always`), and has no replica, and never was
 * one, for replicas are behind. Any other is named after its process.
 */
async function generationOf(client: Client): Promise<string> {
  const info = String(await client.sendCommand(['INFO', 'server', 'replication']));
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  // Where CONFIG is forbidden nothing is known, and nothing assumed.
  const { ErrorReply } = await import('@redis/client');
  const config = await client.configGet(['appendonly', 'appendfsync']).catch((error: unknown) => {
    if (error instanceof ErrorReply) return undefined;
    throw error;
  });
  const keepsAll =
    config?.appendonly === 'yes' &&
    config.appendfsync === 'always' &&
    field('role') === 'master' &&
    field('connected_slaves') === '0' &&
    /^0*$/.test(field('master_replid2') ?? '');
  return keepsAll ? 'kept' : (field('run_id') ?? crypto.randomUUID());
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
