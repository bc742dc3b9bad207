/**
 * Records what docs/scaling/backplane.md shows: one room, two ways to listen to it, a link that is lost for a
 * moment, and what the script leaves in Redis. Needs redis-server.
 *
 *     node --import tsx test/captures/backplane/record.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';
import { RedisServer } from '../../support/redis.ts';
import { RedisProxy } from '../../support/redis-proxy.ts';

if (runsWithConditions(import.meta.filename)) await record();

async function record(): Promise<void> {
  const { RedisBackplane } = await import('../../../solutions/17-backplane.ts');
  const { TestNode } = await import('../../support/backplane.ts');
  const redis = await RedisServer.start();
  const proxy = await RedisProxy.start(redis.port);
  const ada = { id: 'u1', name: 'Ada' };
  const writer = await TestNode.start(new RedisBackplane({ url: redis.url }));
  const reader = await TestNode.start(new RedisBackplane({ url: proxy.url }));
  await reader.backplane.enter('lobby', { id: 'u2', name: 'Ben' });

  // A subscriber as in a tutorial: a driver that reconnects and subscribes again by itself.
  const heard: number[] = [];
  const plain = createClient({ url: proxy.url });
  plain.on('error', () => {});
  await plain.connect();
  await plain.sSubscribe('chat:room:{lobby}', (text) => {
    const { seq } = JSON.parse(text) as { seq?: number };
    if (seq) heard.push(seq);
  });

  const say = (n: number) =>
    writer.backplane.append('lobby', { id: `m${n}`, from: ada, content: `No. ${n}`, at: 1_700_000_000_000 });
  for (const n of [1, 2, 3]) await say(n);
  await reader.hears('lobby', ['m1', 'm2', 'm3']);
  while (heard.length < 3) await new Promise((resolve) => setImmediate(resolve));
  const isBack = new Promise((resolve) => plain.once('ready', resolve));
  proxy.cut();
  // At once: nobody is back by then.
  await Promise.all([4, 5, 6].map(say));
  await isBack;
  await reader.until('isUp', () => reader.backplane.isUp, true);
  await say(7);
  await reader.hears('lobby', ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);

  const numbers = reader.all('message').map(({ message }) => message.seq);
  save('backplane-lost.txt', [
    'said:                 1 2 3, then the link is lost, 4 5 6, it is back, 7',
    `subscriber:           ${heard.join(' ')}`,
    `subscriber with feed: ${numbers.join(' ')}`,
  ]);

  const show = async (...command: string[]) => {
    const reply = await redis.command(...command);
    return [`> ${command.join(' ')}`, ...lines(reply), ''];
  };
  const epoch = String(await redis.command('HGET', 'chat:room:{lobby}:state', 'epoch'));
  const node = String(((await redis.command('ZRANGE', 'chat:nodes', '0', '0')) as string[])[0]);
  const text = [
    ...(await show('XRANGE', 'chat:room:{lobby}:log', '6', '+')),
    ...(await show('ZRANGE', 'chat:room:{lobby}:ids', '5', '6', 'WITHSCORES')),
    ...(await show('HGETALL', 'chat:room:{lobby}:state')),
    ...(await show('HGETALL', 'chat:room:{lobby}:members')),
  ].map((line) => line.replaceAll(epoch, `${epoch.slice(0, 8)}…`).replaceAll(node, `${node.slice(0, 8)}…`));
  save(
    'backplane-keys.txt',
    text.map((line) => line.replace(/\b([0-9a-f]{8})[0-9a-f-]{28,32}\b/g, '$1…')),
  );

  plain.destroy();
  for (const { backplane } of [writer, reader]) await backplane.stop();
  await proxy.close();
  await redis.close();
}

/** A reply, one value a line. */
function lines(reply: unknown): string[] {
  if (Array.isArray(reply))
    return reply.map((each) => `  ${Array.isArray(each) ? each.flat(2).join('  ') : each}`);
  return Object.entries(reply as object).map(([field, value]) => `  ${field}  ${value}`);
}

function save(name: string, text: readonly string[]): void {
  const whole = `${text.join('\n').trimEnd()}\n`;
  writeFileSync(join(import.meta.dirname, '../../../docs/scaling/recorded', name), whole);
  console.log(whole);
}
