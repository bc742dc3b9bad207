import { Receiver } from '../support/peers.ts';
import type { Reading } from './reading.ts';
import { limits, type Role, tellClose, tellControl, tellMessage } from './streams.ts';

/** Reads with the receiver of `ws`, under the same limits. */
export async function readWithWs(role: Role, chunks: readonly Buffer[]): Promise<Reading> {
  const told: string[] = [];
  let closed = false;
  const receiver = new Receiver({
    isServer: role === 'server',
    maxPayload: limits.maxMessageLength,
    maxFragments: limits.maxFragments,
  });
  receiver.on('message', (data, isBinary) => told.push(tellMessage(data, isBinary)));
  receiver.on('ping', (payload) => told.push(tellControl(9, payload)));
  receiver.on('pong', (payload) => told.push(tellControl(10, payload)));
  receiver.on('conclude', (code, reason) => {
    told.push(tellClose(code, reason));
    closed = true;
  });
  receiver.on('error', () => {});
  for (const chunk of chunks) {
    if (closed) break;
    const error = await new Promise<Error | null | undefined>((resolve) => receiver.write(chunk, resolve));
    if (error) return { told, fails: closeCodeOf(error), why: error.message };
  }
  return { told };
}

/** `ws` keeps the close code on its errors under a symbol of its own. */
function closeCodeOf(error: Error): number {
  const code = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  if (!code) throw error;
  return (error as unknown as Record<symbol, number>)[code];
}
