// Your refusal does not say which message it refuses: its sender may have several under way.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    return parse(data, isBinary);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.reply.code, error.message);
  }
}
