import { once } from 'node:events';
import { parseArgs } from 'node:util';

/** Conformance suites send messages of 16 MiB, and single messages in more than 65,536 fragments. */
const longest = 64 * 1024 * 1024;
const mostFragments = 1_000_000;

/** What a connection of the labs is made with. Every message is compressed where that was agreed. */
export const suiteOptions = {
  maxPayloadLength: longest,
  maxMessageLength: longest,
  maxFragments: mostFragments,
  compression: { threshold: 0 },
};

/** The same for `ws`. */
export const wsSuiteOptions = {
  maxPayload: longest,
  maxFragments: mostFragments,
  perMessageDeflate: { threshold: 0 },
};

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
    // Not by `once`: it rejects for an `error`, and here that is what many cases are for.
    await new Promise((resolve) => connection.on('close', resolve));
  }
  const report = await at(`/updateReports?agent=${agent}`);
  await once(report, 'close');
  console.log(`${count} cases run as ${values.agent}`);
}
