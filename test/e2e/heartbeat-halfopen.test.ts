import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatClient } from '#labs/21-chat-client';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import { makeNetwork, noNetwork } from '../support/cut-network.ts';
import { getTicket, signIn, startChat, TestClient } from '../workbook/chat-support.ts';

const heartbeatMs = 500;
/** Two intervals, and something for a machine that is busy with other tests. */
const foundWithinMs = 2 * heartbeatMs + 450;

const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);

/** Starts one of the programs beside this file; `wrap` is a command to start it by. */
function start(program: URL, args: string[], wrap: readonly string[] = []): ChildProcess {
  const [execPath = process.execPath, ...wrapArgs] = wrap;
  const node = wrap.length > 0 ? [...wrapArgs, process.execPath] : [];
  const execArgv = [...node, ...conditions, '--import', 'tsx'];
  const child = fork(fileURLToPath(program), args, { execPath, execArgv });
  onTestFinished(async () => {
    // A stopped process takes no other signal.
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  });
  return child;
}

const startClient = (host: string, session: string, wrap?: readonly string[]) =>
  start(new URL('./halfopen-client.ts', import.meta.url), [host, session], wrap);

async function startServer(): Promise<{ host: string; server: ChildProcess }> {
  const server = start(new URL('./halfopen-server.ts', import.meta.url), [`${heartbeatMs}`]);
  const [port] = await once(server, 'message');
  return { host: `127.0.0.1:${port}`, server };
}

/** Waits until the process says this. */
async function says(child: ChildProcess, wanted: string): Promise<void> {
  for (;;) {
    const [said] = await once(child, 'message');
    if (said === wanted) return;
  }
}

/** How long something takes from now, in ms. */
async function timed(what: Promise<unknown>): Promise<number> {
  const before = performance.now();
  await what;
  return performance.now() - before;
}

function state(client: ChatClient, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    client.on('state', ({ name }) => name === wanted && resolve());
  });
}

/** Waits for so many pings: intervals, counted by a server that is well. */
async function pings(client: TestClient, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await once(client.socket, 'ping');
}

// Windows has no signal that stops a process.
describe.skipIf(process.platform === 'win32')('a process that is stopped', () => {
  test('is found by the server within two intervals, and others stay', async () => {
    const { host } = await startChat('labs', { heartbeatMs });
    const observer = await TestClient.join(host, 'Ada');
    await observer.enter('lobby');
    const client = startClient(host, (await signIn(host, 'Ben')).session);
    await says(client, 'joined');
    expect(await observer.next('presence')).toMatchObject({ event: 'joined' });

    client.kill('SIGSTOP');
    const left = observer.next('presence');
    expect(await timed(left)).toBeLessThan(foundWithinMs);
    expect(await left).toMatchObject({ event: 'left', user: { name: 'Ben' } });
    expect(observer.socket.readyState).toBe(WebSocket.OPEN);

    // Awake again, it finds that it was cut off, and comes back by itself.
    const back = observer.next('presence');
    client.kill('SIGCONT');
    expect(await back).toMatchObject({ event: 'joined', user: { name: 'Ben' } });
  });

  test('is found by the client within two intervals, when it is the server', async () => {
    const { host, server } = await startServer();
    const { session } = await signIn(host, 'Ada');
    const client = new ChatClient({
      url: `ws://${host}/chat`,
      WebSocket,
      getTicket: () => getTicket(host, session),
    });
    onTestFinished(() => client.close());
    const open = state(client, 'open');
    client.tryNow();
    await open;
    const lost = state(client, 'waiting');
    server.kill('SIGSTOP');
    expect(await timed(lost)).toBeLessThan(foundWithinMs);
  });

  test('does not cut its clients off when it wakes as the server', async () => {
    const { host: healthy } = await startChat('labs', { heartbeatMs });
    const timekeeper = await TestClient.join(healthy, 'Ada');
    const { host, server } = await startServer();
    const client = await TestClient.join(host, 'Ben');
    await pings(client, 1);
    server.kill('SIGSTOP');
    await pings(timekeeper, 5);
    server.kill('SIGCONT');
    await pings(client, 3);
    expect(await client.settled()).toEqual([]);
  });
});

describe.skipIf(noNetwork)('a network that is cut', () => {
  test('is noticed by both sides within two intervals', async () => {
    const network = makeNetwork();
    const { port } = await startChat('labs', { heartbeatMs }, 0, '0.0.0.0');
    const observer = await TestClient.join(`127.0.0.1:${port}`, 'Ada');
    await observer.enter('lobby');
    const { session } = await signIn(`127.0.0.1:${port}`, 'Ben');
    const client = startClient(`${network.here}:${port}`, session, network.there);
    await says(client, 'joined');
    expect(await observer.next('presence')).toMatchObject({ event: 'joined' });

    const [left, lost] = [timed(observer.next('presence')), timed(says(client, 'waiting'))];
    network.cut();
    expect(await left).toBeLessThan(foundWithinMs);
    expect(await lost).toBeLessThan(foundWithinMs);
  });
});
