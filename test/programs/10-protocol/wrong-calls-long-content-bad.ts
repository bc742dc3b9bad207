// Your server calls content that is too long a bad_message: too_large tells a person what to do about it.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    return parse(data, isBinary);
  } catch (error) {
    if (!(error instanceof Refusal) || error.reply.id === undefined) throw error;
    throw new Refusal('bad_message', error.message, error.reply.id);
  }
}
