// The chat in a terminal: main.ts JSON. The labs are those of its conditions.
import { WebSocket } from 'ws';
import { ChatClient } from '#labs/21-chat-client';
import { RequestError, Session } from './session.ts';
import { ChatTerminal } from './terminal.ts';

/** What the process is told, as JSON in its first argument. */
export interface CliConfig {
  /** Where the chat's pages are: `http://localhost:8080`. */
  url: string;
  name: string;
  room: string;
}

/** How long the server has to answer our Close frame, in ms. */
const closeTimeoutMs = 2_000;

const { url, name, room } = JSON.parse(process.argv[2]) as CliConfig;
const server = new URL(url.endsWith('/') ? url : `${url}/`);

try {
  const session = await Session.open(server, name);
  const client = new ChatClient({
    url: new URL('chat', server).href.replace(/^http/, 'ws'),
    getTicket: () => session.getTicket(),
    WebSocket,
  });
  // Whoever reads the output may have seen enough: `| head`.
  process.stdout.on('error', () => process.exit());
  const terminal = new ChatTerminal(client, room);
  client.on('state', ({ name: state }) => {
    if (state === 'closed') setTimeout(() => process.exit(terminal.exitCode), closeTimeoutMs).unref();
  });
} catch (error) {
  if (!(error instanceof RequestError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
