// Your server ignores a kind it does not know: its sender waits for an answer that never comes.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    return parse(data, isBinary);
  } catch (error) {
    if (error instanceof Refusal && error.message.includes('no such kind')) return { type: 'ping' };
    throw error;
  }
}
