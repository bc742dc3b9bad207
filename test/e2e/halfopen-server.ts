/** A chat in a process of its own, to be stopped by a test. Says its port, ends with its parent. */

import { startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../../workbook/chat/engine.ts';

const server = await startChatServer(0, '127.0.0.1', {
  engine: await loadEngine('labs'),
  page: new Map(),
  heartbeatMs: Number(process.argv[2]),
});
process.on('disconnect', () => process.exit());
process.send?.(server.address.port);
