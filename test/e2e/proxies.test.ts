/**
 * The configurations of `deploy/`, run by the real HAProxy and the real nginx: the chat goes through them, they
 * add nothing and lose nothing, and they know a node that leaves. About 10 s on two quiet cores.
 */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { MemoryBackplane, MemoryStore } from '#labs/17-backplane';
import { lacks } from '../support/programs.ts';
import { type Change, haproxy, nginx, type ShippedProxy } from '../support/proxies.ts';
import { startChat, TestClient } from '../workbook/chat-support.ts';

vi.setConfig({ testTimeout: 30_000 });

/** What the proxies call the time after which a silent WebSocket is cut, here one second. */
const shortSilence: Record<ShippedProxy['name'], Change> = {
  haproxy: [/timeout tunnel/, ['timeout tunnel 1s']],
  nginx: [/proxy_read_timeout/, ['proxy_read_timeout 1s;']],
};

/** The time for a request's head, here 300 ms. */
const shortHead: Record<ShippedProxy['name'], Change> = {
  haproxy: [/timeout http-request/, ['timeout http-request 300ms']],
  nginx: [/client_header_timeout/, ['client_header_timeout 300ms;']],
};

/** A node that counts, and that can be told to leave. */
class CountingNode {
  readonly connections = new Set<WebSocket>();
  /** The head of each request for the chat. */
  readonly heads: Record<string, unknown>[] = [];
  isDraining = false;
  address = '';
  readonly #server = createServer((_request, response) => {
    response.writeHead(this.isDraining ? 503 : 200).end();
  });

  static async start(): Promise<CountingNode> {
    const node = new CountingNode();
    await once(node.#server.listen(0, '127.0.0.1'), 'listening');
    node.address = `127.0.0.1:${(node.#server.address() as AddressInfo).port}`;
    const sockets = new WebSocketServer({ noServer: true });
    node.#server.on('upgrade', (upgrade, socket, head) => {
      node.heads.push(upgrade.headers);
      if (node.isDraining) return socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
      sockets.handleUpgrade(upgrade, socket, head, (webSocket) => {
        node.connections.add(webSocket);
        webSocket.on('close', () => node.connections.delete(webSocket));
      });
    });
    onTestFinished(() => {
      for (const webSocket of node.connections) webSocket.terminate();
      node.#server.close();
      node.#server.closeAllConnections();
    });
    return node;
  }
}

async function open(host: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${host}/chat`, 'chat.v1', { headers });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** The status of an upgrade that was refused, and what was said of it. */
async function refusal(host: string, path: string, origin: string): Promise<[status: number, body: string]> {
  const asked = request(`http://${host}${path}`, {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      Origin: origin,
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
    },
  });
  const [response] = await once(asked.end(), 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return [response.statusCode, body];
}

for (const proxy of [haproxy, nginx]) {
  describe.skipIf(lacks(proxy.name))(`${proxy.name}, as shipped`, () => {
    test('carries the chat, to two nodes that are one', async () => {
      const store = new MemoryStore();
      const nodes = await Promise.all(
        [1, 2].map(() =>
          startChat('labs', { backplane: new MemoryBackplane({ store }), secret: 'x'.repeat(32) }),
        ),
      );
      const host = await proxy.start(nodes.map((node) => node.host));
      const people = [];
      for (const name of ['Ada', 'Ben', 'Cleo', 'Dan']) {
        const client = await TestClient.join(host, name);
        await client.enter('lobby');
        people.push(client);
      }
      const counts = await Promise.all(nodes.map((node) => connectionsOf(node.host)));
      expect(counts, 'connections on each node').toEqual([2, 2]);
      const content = 'x'.repeat(4_000);
      people[0].send({ type: 'chat', id: 'a1', room: 'lobby', content });
      for (const client of people) expect((await client.next('chat')).content).toBe(content);
      people[0].socket.close(1000);
      expect(await people[0].closed, 'the close code, through the proxy').toBe(1000);
    });

    test('passes on what the nodes say to a foreign page, and to a wrong path', async () => {
      const node = await startChat('labs');
      const host = await proxy.start([node.host]);
      expect(await refusal(host, '/chat', 'https://evil.example')).toEqual([
        403,
        expect.stringContaining('origin'),
      ]);
      expect(await refusal(host, '/nowhere', `http://${host}`)).toEqual([
        404,
        expect.stringContaining('/chat'),
      ]);
      const plain = await fetch(`http://${host}/chat`);
      expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
      expect((await fetch(`http://${host}/`)).headers.get('content-type')).toMatch('text/html');
    });

    test('keeps inside what is for those who run the chat', async () => {
      const operatorToken = 'x'.repeat(32);
      const node = await startChat('labs', { operatorToken });
      const host = await proxy.start([node.host]);
      const headers = { Authorization: `Bearer ${operatorToken}` };
      const statusOf = async (at: string, path: string) =>
        (await fetch(`http://${at}${path}`, { headers })).status;
      for (const path of ['/metrics', '/status', '/status.js', '/status.css', '/operator/connections']) {
        expect(await statusOf(node.host, path), `${path} of the node`).toBe(200);
        expect(await statusOf(host, path), `${path} through the proxy`).toBe(404);
      }
      for (const path of ['/metrics?all', '//metrics', '/%6Detrics', '/x/../metrics']) {
        expect(await statusOf(host, path), `${path} through the proxy`).toBe(404);
      }
      expect(await statusOf(host, '/healthz'), 'what the page asks for').toBe(200);
    });

    test("replaces what the client says of its address, and keeps the page's host", async () => {
      const node = await CountingNode.start();
      const host = await proxy.start([node.address]);
      await open(host, { 'X-Forwarded-For': '6.6.6.6', Forwarded: 'for=6.6.6.6' });
      expect(node.heads[0]).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        host,
        upgrade: 'websocket',
        connection: expect.stringMatching(/^upgrade$/i),
        'sec-websocket-protocol': 'chat.v1',
      });
      expect(node.heads[0]).not.toHaveProperty('forwarded');
    });

    test('leaves an idle connection alone as long as the node pings; without pings it is cut', async () => {
      const [pinging, silent] = await Promise.all([
        startChat('labs', { heartbeatMs: 300 }),
        startChat('labs', { heartbeatMs: 60_000 }),
      ]);
      const [lively, still] = await Promise.all(
        [pinging, silent].map((node) => proxy.start([node.host], [shortSilence[proxy.name]])),
      );
      const client = await TestClient.join(lively, 'Ada');
      let pings = 0;
      client.socket.on('ping', () => pings++);
      // The control, twice in a row: longer than the proxy's patience, both times.
      for (const name of ['Ben', 'Cleo']) {
        const control = await TestClient.join(still, name);
        expect(await control.closed, 'the close code of a connection that nobody pings').toBe(1006);
      }
      expect(pings).toBeGreaterThanOrEqual(4);
      expect(await client.settled(), 'messages to an idle client').toEqual([]);
    });

    test('fills the node that has the fewest connections', async () => {
      const nodes = await Promise.all([CountingNode.start(), CountingNode.start()]);
      const host = await proxy.start(nodes.map(({ address }) => address));
      for (let count = 0; count < 6; count++) await open(host);
      expect(sizes(nodes)).toEqual([3, 3]);
      const gone = [...nodes[0].connections].map((socket) => once(socket, 'close'));
      for (const socket of nodes[0].connections) socket.terminate();
      await Promise.all(gone);
      for (let count = 0; count < 3; count++) await open(host);
      expect(sizes(nodes), 'connections after one node lost all and three came').toEqual([3, 3]);
    });

    test('sends nobody to a node that drains, and leaves those who are there', async () => {
      const nodes = await Promise.all([CountingNode.start(), CountingNode.start()]);
      const host = await proxy.start(nodes.map(({ address }) => address));
      for (let count = 0; count < 4; count++) await open(host);
      nodes[0].isDraining = true;
      for (let count = 0; count < 4; count++) await open(host);
      expect(sizes(nodes)).toEqual([2, 6]);
    });

    test('goes to another node when one is not there, and the client sees nothing of it', async () => {
      const node = await CountingNode.start();
      const host = await proxy.start(['127.0.0.1:1', node.address]);
      for (let count = 0; count < 4; count++) await open(host);
      expect(node.connections.size).toBe(4);
    });

    test('cuts a request whose head does not end', async () => {
      const node = await CountingNode.start();
      const host = await proxy.start([node.address], [shortHead[proxy.name]]);
      const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.write('GET /chat HTTP/1.1\r\nHost: chat.example\r\n');
      socket.resume();
      await once(socket, 'close');
      expect(node.heads).toEqual([]);
    });
  });
}

describe.skipIf(lacks('nginx'))('nginx without the two lines on Upgrade', () => {
  test('drops the header, and the node sees a plain request', async () => {
    const node = await startChat('labs');
    const host = await nginx.start([node.host], [[/proxy_set_header (Upgrade|Connection)/, []]]);
    expect((await refusal(host, '/chat', `http://${host}`))[0]).toBe(426);
  });
});

const sizes = (nodes: readonly CountingNode[]) => nodes.map(({ connections }) => connections.size);

/** WebSockets on a node, by its metrics. */
async function connectionsOf(host: string): Promise<number> {
  const metrics = await (await fetch(`http://${host}/metrics`)).text();
  return Number(/^chat_connections (\d+)/m.exec(metrics)?.[1]);
}
