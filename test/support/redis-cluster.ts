import { expect } from 'vitest';
import { freePort, RedisServer } from './redis.ts';

/** Masters of a Redis Cluster, with the slots shared out evenly. */
export async function startCluster(count: number): Promise<RedisServer[]> {
  const masters = await Promise.all(Array.from({ length: count }, () => startMember()));
  const size = 16_384 / count;
  for (const [index, master] of masters.entries()) {
    const [from, to] = [Math.round(index * size), Math.round((index + 1) * size) - 1];
    await master.command('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to}`);
    await meet(master, masters[0]);
  }
  await isWhole(masters);
  return masters;
}

/** One more: a replica of this master, which takes its place when it is gone. */
export async function addReplica(master: RedisServer, all: readonly RedisServer[]): Promise<RedisServer> {
  const replica = await startMember();
  await meet(replica, master);
  const id = String(await master.command('CLUSTER', 'MYID'));
  await expect
    .poll(() => replica.command('CLUSTER', 'REPLICATE', id).catch(String), { timeout: 10_000 })
    .toBe('OK');
  await expect
    .poll(async () => String(await master.command('INFO', 'replication')), { timeout: 10_000 })
    .toMatch(/state=online/);
  await isWhole([...all, replica]);
  return replica;
}

/** Waits until all of them know who has which slot. */
export async function isWhole(members: readonly RedisServer[]): Promise<void> {
  for (const member of members) {
    await expect
      .poll(async () => String(await member.command('CLUSTER', 'INFO')), { timeout: 10_000 })
      .toMatch(/cluster_state:ok[\s\S]*cluster_slots_ok:16384/);
  }
}

async function startMember(): Promise<RedisServer> {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'];
  return RedisServer.start({ args: [...cluster, '--cluster-port', `${await freePort()}`] });
}

async function meet(one: RedisServer, other: RedisServer): Promise<void> {
  if (one === other) return;
  const info = String(await other.command('CLUSTER', 'NODES'));
  const busPort = /@(\d+)\S* myself/.exec(info)?.[1] ?? '';
  await one.command('CLUSTER', 'MEET', '127.0.0.1', `${other.port}`, busPort);
}
