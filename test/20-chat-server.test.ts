import { expect } from 'vitest';
import { startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../workbook/chat/engine.ts';
import { check } from './support/check.ts';

check(
  'The server listens, and says that it is well',
  { rfc: 'chat.v1 §http', hint: ['What does /healthz answer?', 'The status, the engine and the backplane.'] },
  async () => {
    const server = await startChatServer(0, '127.0.0.1', {
      engine: await loadEngine('labs'),
      page: new Map(),
    });
    const response = await fetch(`http://127.0.0.1:${server.address.port}/healthz`);
    await server.close();
    expect(await response.json()).toMatchObject({ status: 'ok', engine: 'labs', backplane: 'memory' });
  },
);
