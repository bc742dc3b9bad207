import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { User } from '#labs/10-protocol';
import { RedisBackplane, type RedisOptions, Unavailable } from '#labs/17-backplane';
import { slotOf } from '../../workbook/backplane/cluster-slot.ts';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import { TestNode } from '../support/backplane.ts';
import { noRedis, RedisServer, type RedisServerOptions } from '../support/redis.ts';
import { addReplica, isWhole, startCluster } from '../support/redis-cluster.ts';
import { RedisProxy } from '../support/redis-proxy.ts';

// What happens to a Redis, and to the way there, while people talk. Every figure in ms.

const ada = { id: 'u1', name: 'Ada' };
const ben = { id: 'u2', name: 'Ben' };
/** How long a node may take to come back on a busy machine. */
const patience = 15_000;

async function startRedis(options?: RedisServerOptions): Promise<RedisServer> {
  const redis = await RedisServer.start(options);
  onTestFinished(() => redis.close());
  return redis;
}

async function startProxy(redis: RedisServer): Promise<RedisProxy> {
  const proxy = await RedisProxy.start(redis.port);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A node with one user in the lobby. */
async function startNode(url: string, user: User, options: Partial<RedisOptions> = {}): Promise<TestNode> {
  // Whoever is away for a while on a quick machine has missed more than 500 messages.
  const log = { maxMessages: 1e6, maxContentLength: 1e9, maxRemembered: 1e6 };
  const quick = { timeoutMs: 300, leaseMs: 3_000, log };
  const node = await TestNode.start(new RedisBackplane({ url, ...quick, ...options }));
  onTestFinished(() => node.backplane.stop());
  await node.until('isUp', () => node.backplane.isUp, true, patience);
  await node.backplane.enter('lobby', user);
  return node;
}

/** Resolves when `isUp` has become this, or at once where it is. */
const isUp = (node: TestNode, wanted: boolean) =>
  node.until('isUp', () => node.backplane.isUp, wanted, patience);

/**
 * A user who talks without pause, one message after the other, and posts what was not acknowledged again under
 * the same id, as a client does when it is told to wait.
 */
class Talker {
  readonly node: TestNode;
  readonly user: User;
  /** The ids that were acknowledged, in order. */
  readonly acknowledged: string[] = [];
  refusals = 0;
  readonly #done: Promise<void>;
  #isTalking = true;

  constructor(node: TestNode, user: User) {
    this.node = node;
    this.user = user;
    this.#done = this.#talk();
  }

  async #talk(): Promise<void> {
    for (let n = 1; this.#isTalking; n++) {
      const id = `${this.user.name}${n}`;
      while (!(await this.#post(id)));
      this.acknowledged.push(id);
    }
  }

  async #post(id: string): Promise<boolean> {
    try {
      await this.node.backplane.append('lobby', { id, from: this.user, content: 'Hello', at: Date.now() });
      return true;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.refusals++;
      // As long as Redis is away there is nothing to try.
      await isUp(this.node, true);
      return false;
    }
  }

  /** Resolves once so many more have been acknowledged. */
  async says(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    await expect
      .poll(() => this.acknowledged.length, { interval: 5, timeout: patience })
      .toBeGreaterThan(wanted);
  }

  /** The message under way is the last. */
  stop(): Promise<void> {
    this.#isTalking = false;
    return this.#done;
  }
}

/** Whether each node was told all that was acknowledged, each once, in one order and without a hole. */
async function expectAllHeard(nodes: readonly TestNode[], talkers: readonly Talker[]): Promise<void> {
  const wanted = talkers.flatMap(({ acknowledged }) => acknowledged);
  const [first] = nodes;
  for (const node of nodes) {
    await node.until('how many it was told', () => node.said('lobby').length, wanted.length, patience);
    const numbers = node.all('message').map(({ message }) => message.seq);
    expect(numbers, 'the numbers').toEqual(wanted.map((_, index) => index + 1));
    expect(node.said('lobby'), 'the order').toEqual(first.said('lobby'));
    expect(node.all('reset'), 'resets').toEqual([]);
  }
  expect(first.said('lobby').toSorted(), 'what was told').toEqual(wanted.toSorted());
}

describe.skipIf(noRedis)('Redis', () => {
  test('killed four times while two nodes talk, and nothing acknowledged is lost: appendfsync always', async () => {
    const redis = await startRedis({ persistence: 'always' });
    const nodes = [await startNode(redis.url, ada), await startNode(redis.url, ben)];
    const { epoch } = await nodes[0].backplane.read('lobby');
    const talkers = [new Talker(nodes[0], ada), new Talker(nodes[1], ben)];
    for (let kill = 1; kill <= 4; kill++) {
      await Promise.all(talkers.map((talker) => talker.says(15)));
      await redis.kill();
      await Promise.all(nodes.map((node) => isUp(node, false)));
      await redis.restart();
    }
    await Promise.all(talkers.map((talker) => talker.says(15)));
    await Promise.all(talkers.map((talker) => talker.stop()));
    await expectAllHeard(nodes, talkers);
    expect((await nodes[0].backplane.read('lobby')).epoch, 'the epoch').toBe(epoch);
    expect(talkers[0].refusals + talkers[1].refusals, 'posts that were refused').toBeGreaterThan(0);
    for (const node of nodes) expect(node.presence('lobby'), 'who left').not.toContain('-Ada');
  }, 30_000);

  test('killed with nothing on its disk: another numbering, told to both nodes', async () => {
    const redis = await startRedis();
    const nodes = [await startNode(redis.url, ada), await startNode(redis.url, ben)];
    const { epoch } = await nodes[0].backplane.read('lobby');
    const talker = new Talker(nodes[0], ada);
    await talker.says(10);
    await redis.kill();
    await redis.restart();
    for (const node of nodes) await node.until('resets', () => node.all('reset').length, 1, patience);
    await talker.says(10);
    await talker.stop();
    const now = await nodes[1].backplane.read('lobby');
    expect(now.epoch, 'the epoch').not.toBe(epoch);
    const back = await nodes[1].backplane.read('lobby', { epoch, seq: 3 });
    expect(back.recovered, 'whether a position of before is continued').toBe(false);
    for (const node of nodes) {
      await node.until(
        'the last it was told',
        () => node.said('lobby').at(-1),
        talker.acknowledged.at(-1),
        patience,
      );
      // Before the reset the old numbers without a hole, after it the new ones: from 1, or behind those in the reset.
      const at = node.told.findIndex(({ what }) => what === 'reset');
      const [{ history }] = node.all('reset');
      const numbersOf = (told: typeof node.told) =>
        told.flatMap((each) => (each.what === 'message' ? [each.message.seq] : []));
      const before = numbersOf(node.told.slice(0, at));
      const after = numbersOf(node.told.slice(at));
      expect(before).toEqual(before.map((_, index) => index + 1));
      expect(after).toEqual(after.map((_, index) => history.seq + index + 1));
    }
  }, 30_000);

  test('stopped and continued: nobody waits for it, and the same message sent again is stored once', async () => {
    const redis = await startRedis();
    const nodes = [await startNode(redis.url, ada), await startNode(redis.url, ben)];
    const talkers = [new Talker(nodes[0], ada), new Talker(nodes[1], ben)];
    await Promise.all(talkers.map((talker) => talker.says(10)));
    redis.pause();
    await Promise.all(nodes.map((node) => isUp(node, false)));
    await expect(nodes[0].backplane.read('lobby')).rejects.toThrow(Unavailable);
    redis.resume();
    await Promise.all(talkers.map((talker) => talker.says(10)));
    await Promise.all(talkers.map((talker) => talker.stop()));
    await expectAllHeard(nodes, talkers);
  }, 30_000);

  test('wake-ups that are lost: the connections that listen are killed again and again', async () => {
    const redis = await startRedis();
    const nodes = [await startNode(redis.url, ada), await startNode(redis.url, ben)];
    const talkers = [new Talker(nodes[0], ada), new Talker(nodes[1], ben)];
    for (let kill = 1; kill <= 5; kill++) {
      await Promise.all(talkers.map((talker) => talker.says(10)));
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    }
    await Promise.all(talkers.map((talker) => talker.says(10)));
    await Promise.all(talkers.map((talker) => talker.stop()));
    await expectAllHeard(nodes, talkers);
  }, 30_000);
});

describe.skipIf(noRedis)('a node', () => {
  test('on a half-open link finds out, and catches up; the other one talks on', async () => {
    const redis = await startRedis();
    const proxy = await startProxy(redis);
    const [cut, other] = [await startNode(proxy.url, ada), await startNode(redis.url, ben)];
    const talker = new Talker(other, ben);
    await talker.says(10);
    proxy.silence();
    await isUp(cut, false);
    await talker.says(10);
    expect(talker.refusals, 'posts of the other that were refused').toBe(0);
    proxy.mend();
    await isUp(cut, true);
    await talker.says(10);
    await talker.stop();
    await expectAllHeard([cut, other], [talker]);
    expect(other.presence('lobby'), 'who came and went').toEqual(['+Ben']);
  }, 30_000);

  test('that was cut off for longer than its lease is taken for dead, and comes back', async () => {
    const redis = await startRedis();
    const proxy = await startProxy(redis);
    const cut = await startNode(proxy.url, ada, { leaseMs: 600 });
    const other = await startNode(redis.url, ben, { leaseMs: 600 });
    proxy.silence();
    await other.until('who came and went', () => other.presence('lobby'), ['+Ben', '-Ada'], patience);
    expect(await other.backplane.membersOf('lobby'), 'the members').toEqual([ben]);
    proxy.mend();
    await other.until('who came and went', () => other.presence('lobby'), ['+Ben', '-Ada', '+Ada'], patience);
    expect((await cut.backplane.membersOf('lobby')).length, 'how many members').toBe(2);
  }, 30_000);

  test('that is killed: its people leave when its lease ends, told once, and a direct message knows at once', async () => {
    const redis = await startRedis();
    const leaseMs = 900;
    const nodes = [
      await startNode(redis.url, ben, { leaseMs }),
      await startNode(redis.url, { id: 'u3', name: 'Cleo' }, { leaseMs }),
    ];
    const program = fileURLToPath(new URL('./backplane-redis-node.ts', import.meta.url));
    const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
    const child = fork(program, [redis.url, `${leaseMs}`, 'lobby', JSON.stringify(ada)], {
      execArgv: [...conditions, '--import', 'tsx'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    const events = ['+Ada', '-Ada'];
    const adas = (node: TestNode) => node.presence('lobby').filter((event) => event.endsWith('Ada'));
    for (const node of nodes) await node.until('Ada', () => adas(node), events.slice(0, 1), patience);
    const direct = { type: 'direct', id: 'd1', from: ben, content: 'There?', at: 1 } as const;
    expect(await nodes[0].backplane.direct('u1', direct), 'whether Ada is connected').toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (const node of nodes) await node.until('Ada', () => adas(node), events, patience);
    const members = await nodes[1].backplane.membersOf('lobby');
    expect(members.map(({ name }) => name).sort(), 'the members').toEqual(['Ben', 'Cleo']);
    expect(await nodes[0].backplane.direct('u1', { ...direct, id: 'd2' }), 'whether she is now').toBe(false);
  }, 30_000);
});

describe.skipIf(noRedis)('Redis Cluster', () => {
  test('rooms over three masters, one of which is replaced by its replica', async () => {
    const masters = await startCluster(3);
    onTestFinished(async () => void (await Promise.all(masters.map((each) => each.close()))));
    const replica = await addReplica(masters[0], masters);
    onTestFinished(() => replica.close());
    // The one that is killed: they have to find the others by themselves.
    const [{ url }] = masters;
    const nodes = [
      await startNode(url, ada, { cluster: true }),
      await startNode(url, ben, { cluster: true }),
    ];
    // A room for each master: its keys and its channel are there, and nowhere else.
    const rooms = [0, 1, 2].map((index) => roomOn(index));
    for (const room of rooms) {
      for (const node of nodes) await node.backplane.enter(room, ada);
      for (const id of ['m1', 'm2', 'm3'])
        await nodes[0].backplane.append(room, { id, from: ada, content: '', at: 1 });
      await nodes[1].hears(room, ['m1', 'm2', 'm3'], patience);
    }
    for (const [index, master] of masters.entries()) {
      const channels = (await master.command('PUBSUB', 'SHARDCHANNELS', 'chat:room:*')) as string[];
      expect(
        channels.filter((channel) => channel.includes(rooms[index])),
        'its channels',
      ).toHaveLength(1);
      expect(channels.filter((channel) => channel.includes(rooms[(index + 1) % 3]))).toEqual([]);
    }
    await nodes[1].backplane.arrive(ben);
    const direct = { type: 'direct', id: 'd1', from: ada, content: '', at: 1 } as const;
    expect(await nodes[0].backplane.direct('u2', direct), 'whether Ben is connected').toBe(true);
    await nodes[0].backplane.revoke('s1');
    await nodes[1].until('revoked', () => nodes[1].all('revoked').length, 1, patience);

    await masters[0].kill();
    await Promise.all(nodes.map((node) => isUp(node, false)));
    await isWhole([masters[1], masters[2], replica]);
    // A replica is behind: what it does not have was acknowledged all the same, so no position is continued.
    for (const node of nodes) {
      await node.until('the rooms that begin anew', () => node.all('reset').length >= 3, true, patience);
      await isUp(node, true);
    }
    for (const room of rooms) {
      await nodes[1].backplane.append(room, { id: 'm4', from: ben, content: '', at: 1 });
      await nodes[0].until(room, () => nodes[0].said(room).at(-1), 'm4', patience);
    }
    expect(await nodes[0].backplane.direct('u2', { ...direct, id: 'd2' }), 'whether Ben is still there').toBe(
      true,
    );
  }, 60_000);
});

/** A room whose slot is on this one of three masters. */
function roomOn(index: number): string {
  for (let n = 0; ; n++) {
    const slot = slotOf(`chat:room:{room${n}}`);
    if (Math.floor(slot / (16_384 / 3)) === index) return `room${n}`;
  }
}
