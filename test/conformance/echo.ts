import { once } from 'node:events';
import { parseArgs } from 'node:util';

/** Conformance suites send messages of 16 MiB, and single messages in more than 65,536 fragments. */
const longest = 64 * 1024 * 1024;
const mostFragments = 1_000_000;

/** The limits for a connection of the labs. */
export const suiteLimits = {
  maxPayloadLength: longest,
  maxMessageLength: longest,
  maxFragments: mostFragments,
};

/** The same for `ws`. */
export const wsSuiteLimits = { maxPayload: longest, maxFragments: mostFragments };

/** What the labs' connection and that of `ws` share. */
interface Connection {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  send(data: string | Uint8Array): void;
}

/** Sends every message back: text as text, binary as binary. */
export function echo(connection: Connection): void {
  connection.on('message', (data, isBinary) => connection.send(isBinary ? data : data.toString()));
}

/**
 * Plays the client's part of a suite that is a server: asks how many cases there are, echoes every message in
 * each, then has the report written. `open` connects; where it rejects, the case was to be refused.
 */
export async function runSuite(
  open: (url: string) => Promise<Connection & NodeJS.EventEmitter>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:9001' },
      agent: { type: 'string', default: 'websocket-101' },
    },
  });
  const at = (path: string) => open(new URL(path, values.url).href);
  const agent = encodeURIComponent(values.agent);

  const counter = await at('/getCaseCount');
  const [count] = await once(counter, 'message');
  await once(counter, 'close');
  for (let number = 1; number <= Number(count); number++) {
    const connection = await at(`/runCase?case=${number}&agent=${agent}`).catch(() => undefined);
    if (!connection) continue;
    echo(connection);
    await once(connection, 'close');
  }
  const report = await at(`/updateReports?agent=${agent}`);
  await once(report, 'close');
  console.log(`${count} cases run as ${values.agent}`);
}
