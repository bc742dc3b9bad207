import { onTestFinished } from 'vitest';
import { type ChatServerOptions, startChatServer } from '#labs/20-chat-server';
import { type EngineName, type EngineOptions, loadEngine } from '../../workbook/chat/engine.ts';
import { bundlePage } from '../../workbook/chat/page.ts';

export * from '../support/test-client.ts';

/** Bundled once for all servers of a test file. */
const page = bundlePage();

/** A chat on a free port, stopped when the test is done; `host` is its address without the scheme: `127.0.0.1:40123`. */
export async function startChat(
  engine: EngineName,
  options: Partial<Omit<ChatServerOptions, 'engine'>> & EngineOptions = {},
  port = 0,
  address = '127.0.0.1',
): Promise<{ host: string; port: number; close(): Promise<void> }> {
  const server = await startChatServer(port, address, {
    page: await page,
    ...options,
    engine: await loadEngine(engine, options),
  });
  onTestFinished(() => server.close());
  return { host: `127.0.0.1:${server.address.port}`, port: server.address.port, close: () => server.close() };
}
