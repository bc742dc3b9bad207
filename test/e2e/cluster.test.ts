/** `npm run cluster`: starts, goes on when a part of it dies, and leaves nothing behind. About 25 s. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { findProgram } from '../../workbook/cluster/find-program.ts';
import { lacks } from '../support/programs.ts';
import { getTicket, signIn, TestClient } from '../workbook/chat-support.ts';
import { ClusterCommand } from './cluster-command.ts';

// For a machine that is busy with other tests.
vi.setConfig({ testTimeout: 90_000 });

const noCluster = lacks('redis-server', 'haproxy') || process.platform === 'win32';
/** Where it is told which processes a process has. */
const noProcesses = noCluster || !existsSync('/proc/self/task');

/** Whether a process runs no more; that its parent has not asked for its exit code yet does not count. */
function isGone(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** One attempt to get into the lobby: fails when it is refused, or sent away on the way. */
async function enterLobby(host: string): Promise<MessageOf<ServerMessage, 'joined'>> {
  const client = new TestClient(host);
  const entered = client.authenticate(host, 'Cleo').then(() => client.enter('lobby'));
  const sentAway = client.closed.then((code) => {
    throw new Error(`closed with ${code}`);
  });
  return await Promise.race([entered, sentAway]);
}

test.each([
  [['--nodes', '0'], /number of nodes is a whole number from 1 to 16/],
  [['--nodes', 'three'], /number of nodes is a whole number/],
  [['--port', '65536'], /port is a whole number from 0 to 65535/],
  [['--drain', '-1'], /--drain/],
  [['--bogus'], /unknown option '--bogus'/],
])('%j is one sentence and exit code 2', async (args, sentence) => {
  const cluster = new ClusterCommand(args);
  expect(await cluster.exitCode()).toBe(2);
  expect(cluster.output).toMatch(sentence);
  expect(cluster.output.trim().split('\n')).toHaveLength(1);
});

test('a program that is not installed is one sentence that says how to get it, and exit code 1', async () => {
  // Node itself is started by its full path.
  const cluster = new ClusterCommand(['--port', '0'], { PATH: '/nowhere' });
  expect(await cluster.exitCode()).toBe(1);
  expect(cluster.output).toMatch(
    /^redis-server is not installed\. .*apt-get install redis-server haproxy.*\n$/,
  );
});

test('servers are found that are not on the path', () => {
  expect(findProgram('no such program')).toBeUndefined();
  expect(findProgram('sh', '/nowhere:/bin')).toBe('/bin/sh');
});

describe.skipIf(noCluster)('npm run cluster', () => {
  test('says in one sentence that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cluster = new ClusterCommand(['--port', `${port}`]);
    expect(await cluster.exitCode()).toBe(1);
    expect(cluster.output.trim()).toBe(
      `Port ${port} is taken. Stop the program that has it, or choose another with --port.`,
    );
  });

  test.skipIf(noProcesses)('is one chat; what dies is started again; Ctrl-C ends all of it', async () => {
    const cluster = new ClusterCommand(['--nodes', '2', '--port', '0', '--drain', '0']);
    const host = await cluster.host();
    const nodes = [...cluster.output.matchAll(/Node \d +http:\/\/localhost:(\d+)/g)].map(
      ([, port]) => `127.0.0.1:${port}`,
    );
    expect(nodes).toHaveLength(2);
    // One session, good on both nodes; what is said on one is heard on the other.
    const { session } = await signIn(host, 'Ada');
    const [ada, ben] = await Promise.all(nodes.map((node) => TestClient.join(node, 'Ada', session)));
    for (const client of [ada, ben]) await client.enter('lobby');
    ada.send({ type: 'chat', id: 'a1', room: 'lobby', content: 'hello' });
    expect((await ben.next('chat')).content).toBe('hello');

    const pids = cluster.processes();
    const pidOf = (wanted: RegExp) => [...pids].find(([, line]) => wanted.test(line))?.[0] ?? Number.NaN;
    process.kill(pidOf(/^\S*redis-server /), 'SIGKILL');
    await cluster.says(/Redis has ended\. ended by SIGKILL It is started again\.\n/);
    process.kill(pidOf(/^\S*haproxy /), 'SIGKILL');
    await cluster.says(/HAProxy has ended\. .* It is started again\.\n/);
    process.kill(pidOf(/chat\/main\.ts/), 'SIGKILL');
    await cluster.says(/Node \d: The chat has stopped: .*SIGKILL.* It is started again\.\n/);
    // What was acknowledged before is there, once all are back.
    const position = await vi.waitFor(() => enterLobby(host), { timeout: 40_000, interval: 200 });
    expect(position.messages.map(({ content }) => content)).toEqual(['hello']);

    const all = [...pids.keys(), ...cluster.processes().keys()];
    // To the whole process group, as a terminal does.
    process.kill(-(cluster.process.pid ?? Number.NaN), 'SIGINT');
    expect(await cluster.exitCode()).toBe(0);
    expect(all.filter((pid) => !isGone(pid))).toEqual([]);
  });

  test.skipIf(noProcesses)('leaves nothing running when it is killed', async () => {
    const cluster = new ClusterCommand(['--nodes', '1', '--port', '0']);
    const host = await cluster.host();
    expect(await getTicket(host, (await signIn(host, 'Ada')).session)).toEqual(expect.any(String));
    const pids = [...cluster.processes().keys()];
    cluster.process.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.filter((pid) => !isGone(pid))).toEqual([]), { timeout: 10_000 });
  });
});
