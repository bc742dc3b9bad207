import { startChatServer } from '#labs/20-chat-server';
import { type Engine, loadEngine, type WebSocketConnection } from '../../../workbook/chat/engine.ts';

export interface RecordedChat {
  port: number;
  /** The server's side of every connection, in the order they came. */
  connections: WebSocketConnection[];
  /** Texts the server has made into bytes. */
  encoded: string[];
  close(): Promise<void>;
}

/** The chat on the solutions, on a free port, with a view into its engine. */
export async function startRecordedChat(): Promise<RecordedChat> {
  const labs = await loadEngine('labs');
  const connections: WebSocketConnection[] = [];
  const encoded: string[] = [];
  const engine: Engine = {
    name: labs.name,
    accept: (request, socket, head, onOpen) =>
      labs.accept(request, socket, head, (connection, send) => {
        connections.push(connection);
        onOpen(connection, send);
      }),
    encode: (text) => {
      encoded.push(text);
      return labs.encode(text);
    },
  };
  const server = await startChatServer(0, '127.0.0.1', { engine, page: new Map() });
  return { port: server.address.port, connections, encoded, close: () => server.close() };
}

/** Signs a person in and gives their session. */
export async function signIn(port: number, name: string): Promise<string> {
  const answer = (await post(port, '/session', {}, { name })) as { session: string };
  return answer.session;
}

export async function getTicket(port: number, session: string): Promise<string> {
  const answer = (await post(port, '/ticket', { Authorization: `Bearer ${session}` })) as { ticket: string };
  return answer.ticket;
}

async function post(port: number, path: string, headers: Record<string, string>, body: object = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return await response.json();
}
