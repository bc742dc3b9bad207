/** A chat client in a process of its own, to be stopped or cut off by a test. Says its states, ends with its parent. */
import { WebSocket } from 'ws';
import { ChatClient } from '#labs/21-chat-client';

const [host, session] = process.argv.slice(2);
const client = new ChatClient({
  url: `ws://${host}/chat`,
  WebSocket,
  getTicket: async () => {
    const response = await fetch(`http://${host}/ticket`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${session}` },
    });
    return ((await response.json()) as { ticket: string }).ticket;
  },
});
client.join('lobby');
client.on('joined', () => process.send?.('joined'));
client.on('state', ({ name }) => process.send?.(name));
process.on('disconnect', () => process.exit());
client.tryNow();
