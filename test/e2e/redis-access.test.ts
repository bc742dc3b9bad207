/**
 * Rule 23 of the security checklist: Redis believes whoever reaches it. The attack on one that everybody may use,
 * and on one with `deploy/redis.conf`, which is all that the chat needs.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RedisBackplane } from '#labs/17-backplane';
import { Keys } from '../../workbook/backplane/keys.ts';
import { workbookRoot } from '../../workbook/course.ts';
import { signOut, startNode } from '../support/chat-node.ts';
import { noRedis, RedisServer } from '../support/redis.ts';
import { getTicket, signIn, TestClient } from '../support/test-client.ts';

const shipped = join(workbookRoot, 'deploy', 'redis.conf');
const password = /^user chat on >(\S+)/m.exec(readFileSync(shipped, 'utf8'))?.[1];

/** Its `url` is that of whoever signs in with nothing. */
async function startRedis(...args: string[]): Promise<RedisServer> {
  const redis = await RedisServer.start({ args });
  onTestFinished(() => redis.close());
  return redis;
}

/** A Redis with the shipped configuration, and the URL of the chat there. */
async function startShipped(): Promise<{ anybody: string; chat: string }> {
  const redis = await startRedis('--include', shipped);
  return { anybody: redis.url, chat: redis.url.replace('://', `://chat:${password}@`) };
}

async function signInToRedis(url: string): Promise<RedisClientType> {
  const client: RedisClientType = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  return client;
}

async function startChatNode(url: string): Promise<string> {
  const backplane = new RedisBackplane({ url });
  const { host } = await startNode({ backplane, secret: 'shared by all nodes of this test' });
  return host;
}

const [, , , , , lobby] = new Keys('chat').ofRoom('lobby');
const forged = JSON.stringify({ event: 'joined', user: { id: 'u0', name: 'The management' } });

describe.skipIf(noRedis)('who may speak in Redis', () => {
  test('one that is open to all lets anybody speak as the chat', async () => {
    const redis = await startRedis();
    const ada = await TestClient.join(await startChatNode(redis.url), 'Ada');
    await ada.enter('lobby');
    await redis.command('SPUBLISH', lobby, forged);
    expect((await ada.next('presence')).user.name).toBe('The management');
  });

  test('with the shipped configuration, who has no password can do nothing', async () => {
    const { anybody } = await startShipped();
    await expect(signInToRedis(anybody)).rejects.toThrow(/NOAUTH|WRONGPASS/);
    await expect(signInToRedis(anybody.replace('://', '://chat:guessed@'))).rejects.toThrow('WRONGPASS');
  });

  test.each([
    ['delete what others keep', ['FLUSHALL']],
    ['list keys', ['KEYS', '*']],
    ['read what others keep', ['GET', 'shop:orders']],
    ['write what others keep', ['SET', 'shop:orders', '1']],
    ['publish in the channels of others', ['SPUBLISH', 'shop:news', 'x']],
    ['publish to all', ['PUBLISH', 'chat:room', 'x']],
    ['listen to others', ['SSUBSCRIBE', 'shop:news']],
    ['change how Redis is set', ['CONFIG', 'SET', 'dir', '/tmp']],
    ['let others in', ['ACL', 'SETUSER', 'eve', 'on', 'nopass', '+@all']],
    ['make it a replica of another', ['REPLICAOF', '10.0.0.66', '6379']],
    ['run a script of its own by text', ['EVAL', 'return 1', '0']],
    ['stop it', ['SHUTDOWN', 'NOSAVE']],
  ])('even the chat cannot %s', async (_, command) => {
    const { chat } = await startShipped();
    const client = await signInToRedis(chat);
    await expect(client.sendCommand(command)).rejects.toThrow('NOPERM');
  });

  test('it is enough for a chat on two nodes: rooms, presence, a resume, direct messages, a sign-out', async () => {
    const { chat } = await startShipped();
    const [one, other] = [await startChatNode(chat), await startChatNode(chat)];
    const { session } = await signIn(other, 'Ben');
    const ada = await TestClient.join(one, 'Ada');
    await ada.enter('lobby');
    const ben = await TestClient.join(other, 'Ben', session);
    const { epoch, members } = await ben.enter('lobby');
    expect(members.map(({ name }) => name).sort()).toEqual(['Ada', 'Ben']);
    expect((await ada.next('presence')).user.name).toBe('Ben');

    ada.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'over Redis' });
    expect((await ben.next('chat')).content).toBe('over Redis');
    ben.send({ type: 'direct', id: 'd1', to: ada.user.id, content: 'quietly' });
    expect((await ada.next('direct')).content).toBe('quietly');

    const again = await TestClient.join(one, 'Ben', session);
    const { recovered, messages } = await again.enter('lobby', { epoch, seq: 0 });
    expect([recovered, messages.map(({ content }) => content)]).toEqual([true, ['over Redis']]);

    // A ticket is good once, on all nodes together.
    const ticket = await getTicket(one, session);
    const [first, second] = [new TestClient(one), new TestClient(other)];
    await Promise.all([once(first.socket, 'open'), once(second.socket, 'open')]);
    first.send({ type: 'auth', ticket });
    await first.next('welcome');
    second.send({ type: 'auth', ticket });
    expect((await second.next('error')).code).toBe('unauthenticated');

    await signOut(one, session);
    expect(await ben.closed).toBe(1008);
  });
});
