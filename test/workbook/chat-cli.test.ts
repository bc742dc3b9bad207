import { describe, expect, test } from 'vitest';
import { MemoryBackplane, MemoryStore } from '#labs/17-backplane';
import { rank } from '#labs/18-balancing';
import { Cli } from './chat-cli-support.ts';
import { startChat, TestClient } from './chat-support.ts';

describe('npm run chat:cli', () => {
  test('talks, in rooms and to one alone, and leaves', async () => {
    const { host } = await startChat('labs');
    const ben = await TestClient.join(host, 'Ben Smith');
    await ben.enter('lobby');
    const ada = await Cli.connected(host, 'Ada');
    ada.type('hello', '/msg ben smith psst');
    expect(await ben.next('chat')).toMatchObject({ room: 'lobby', content: 'hello', from: { name: 'Ada' } });
    expect(await ben.next('direct')).toMatchObject({ content: 'psst' });
    ben.send({ type: 'chat', id: 'b1', room: 'lobby', content: 'a\x1b[2J\n[lobby] Eve: b' });
    await ada.says(/^\[lobby\] Ben Smith: a\\u\{1b\}\[2J\n {4}\[lobby\] Eve: b$/m);

    ada.type('/join kitchen');
    await ada.says(/In kitchen: Ada/);
    ada.type('soup?');
    await ada.says(/^\[kitchen\] Ada: soup\?$/m);
    await ben.settled();
    ada.type('/leave', 'back', '/msg nobody hi', '/dance');
    expect(await ben.next('chat')).toMatchObject({ room: 'lobby', content: 'back' });
    await ada.says(/You speak in lobby/);
    await ada.says(/To whom\?/);
    await ada.says(/There is no \/dance/);
    ada.type('/quit');
    expect(await ada.ended).toBe(0);
    expect(await ben.next('presence')).toMatchObject({ event: 'left', user: { name: 'Ada' } });
    expect(ada.stdout).not.toContain('\x1b');
  }, 60_000);

  test('sends what comes through a pipe, in order, and ends when all is stored', async () => {
    const { host } = await startChat('labs');
    const ben = await TestClient.join(host, 'Ben');
    await ben.enter('lobby');
    const ada = new Cli('--url', `http://${host}/`, '--name', 'Ada', '--room', 'lobby');
    ada.process.stdin.end('one\ntwo\nthree');
    expect(await ada.ended).toBe(0);
    const contents = (await ben.settled()).flatMap((message) =>
      message.type === 'chat' ? [message.content] : [],
    );
    expect(contents).toEqual(['one', 'two', 'three']);
  }, 60_000);

  test('comes back after a restart, says what may be missing, and Ctrl-C ends it', async () => {
    const first = await startChat('labs');
    const ada = await Cli.connected(first.host, 'Ada');
    await first.close();
    await ada.says(/Connection lost\. Trying again in \d+ s; \/try for now\./);
    ada.type('written while it was down');
    await ada.says(/Waits for the connection: \[lobby\] written while/);
    await startChat('labs', {}, first.port);
    ada.type('/try');
    await ada.says(/Messages may be missing here, in lobby/);
    await ada.says(/^\[lobby\] Ada: written while it was down$/m);
    ada.process.kill('SIGINT');
    expect(await ada.ended).toBe(0);
  }, 60_000);

  test('knows several nodes: begins with its best one, and goes to the next when that is away', async () => {
    const store = new MemoryStore();
    const startNode = () =>
      startChat('labs', { secret: 'shared by both '.repeat(3), backplane: new MemoryBackplane({ store }) });
    const nodes = await Promise.all([startNode(), startNode()]);
    const urls = nodes.map(({ host }) => `http://${host}`);
    const order = rank('Ada', urls);
    const [best, next] = order.map((url) => nodes[urls.indexOf(url)]);
    const ada = new Cli(...urls.flatMap((url) => ['--url', url]), '--name', 'Ada');
    await ada.says(/Connected as Ada/);
    const ben = await TestClient.join(next.host, 'Ben');
    await ben.enter('lobby');
    expect(await connectionsOf(best.host)).toBe(1);

    await best.close();
    await ada.says(/Connected as Ada[\s\S]*Connected as Ada/);
    ada.type('moved');
    expect(await ben.next('chat')).toMatchObject({ content: 'moved', from: { name: 'Ada' } });
    expect(await connectionsOf(next.host)).toBe(2);
    ada.type('/quit');
    expect(await ada.ended).toBe(0);
    expect(ada.stderr).not.toContain('may be missing');
  }, 60_000);

  test('a server that is not there is one sentence', async () => {
    const { host, close } = await startChat('labs');
    await close();
    const ada = new Cli('--url', `http://${host}`, '--name', 'Ada');
    expect(await ada.ended).toBe(1);
    expect(ada.stderr).toBe(`There is no chat to be reached at http://${host} (ECONNREFUSED).\n`);
  }, 60_000);

  test('wrong usage is one sentence, and 2', async () => {
    const wrong: [args: string[], sentence: string][] = [
      [[], '--name'],
      [['--name', 'Ada', '--url', 'localhost'], 'http://localhost:8080'],
      [['--name', ' '], '1 to 40 characters'],
      [['--name', 'Ada', '--colour'], '--colour'],
    ];
    await Promise.all(
      wrong.map(async ([args, sentence]) => {
        const cli = new Cli(...args);
        expect(await cli.ended).toBe(2);
        expect(cli.stderr).toContain(sentence);
        expect(cli.stderr.trim().split('\n').length).toBe(1);
      }),
    );
  }, 60_000);
});

/** WebSockets on a node, by its metrics. */
async function connectionsOf(host: string): Promise<number> {
  const metrics = await (await fetch(`http://${host}/metrics`)).text();
  return Number(/^chat_connections (\d+)/m.exec(metrics)?.[1]);
}
