/** A chat in a process of its own, to be killed, stopped and started again. Ends with its parent. */

import { startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../../../workbook/chat/engine.ts';
import { heapBytes } from './heap.ts';

export interface ServerConfig {
  /** 0 the first time; then the one it got. */
  port: number;
  host: string;
  heartbeatMs: number;
}

/** What it says: where it listens; and, asked for `heap`, the bytes in use. */
export type ServerSays = { type: 'listening'; port: number } | { type: 'heap'; bytes: number };

const { port, host, heartbeatMs } = JSON.parse(process.argv[2]) as ServerConfig;
const server = await startChatServer(port, host, {
  engine: await loadEngine('labs'),
  page: new Map(),
  // Users stay the same over restarts.
  secret: process.env.AUTH_SECRET,
  heartbeatMs,
});
const say = (message: ServerSays) => process.send?.(message);
process.on('disconnect', () => process.exit());
process.on('message', () => say({ type: 'heap', bytes: heapBytes() }));
say({ type: 'listening', port: server.address.port });
