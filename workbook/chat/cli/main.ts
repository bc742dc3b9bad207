// The chat in a terminal: main.ts JSON. The labs are those of its conditions.
import { WebSocket } from 'ws';
import { rank } from '#labs/18-balancing';
import { ChatClient } from '#labs/21-chat-client';
import { Nodes } from './nodes.ts';
import { RequestError, Session } from './session.ts';
import { ChatTerminal } from './terminal.ts';

/** What the process is told, as JSON in its first argument. */
export interface CliConfig {
  /** Where the chat's nodes have their pages: `http://localhost:8080`. At least one. */
  urls: string[];
  name: string;
  room: string;
}

/** How long the server has to answer our Close frame, in ms. */
const closeTimeoutMs = 2_000;

const { urls, name, room } = JSON.parse(process.argv[2]) as CliConfig;
// The same person begins with the same node, on every machine; people spread over all of them.
const nodes = new Nodes(rank(name, urls).map((url) => new URL(url)));
/** Where the last ticket is from, and the next connection goes. */
let [current] = nodes.candidates;
let note = (sentence: string) => console.error(`* ${sentence}`);

try {
  const session = await Session.open(nodes, name, (sentence) => note(sentence));
  const client = new ChatClient({
    url: webSocketUrl(current),
    getTicket: async () => {
      const { ticket, node } = await session.getTicket();
      current = node;
      return ticket;
    },
    WebSocket: class extends WebSocket {
      /** A client has one address; with many nodes it is where its ticket is from. */
      constructor(_url: string, protocol: string) {
        const node = current;
        super(webSocketUrl(node), protocol);
        this.on('open', () => nodes.connected());
        this.on('error', () => nodes.refused(node));
      }
    },
  });
  // Whoever reads the output may have seen enough: `| head`.
  process.stdout.on('error', () => process.exit());
  const terminal = new ChatTerminal(client, room);
  note = (sentence) => terminal.note(sentence);
  client.on('state', ({ name: state }) => {
    if (state === 'closed') setTimeout(() => process.exit(terminal.exitCode), closeTimeoutMs).unref();
  });
} catch (error) {
  if (!(error instanceof RequestError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function webSocketUrl(node: URL): string {
  return new URL('chat', node).href.replace(/^http/, 'ws');
}
