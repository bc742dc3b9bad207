// Your server parses a message before it looks at its length: that is the work the limit is to save.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    JSON.parse(data.toString());
  } catch {
    throw new Refusal('bad_message', 'This is not JSON.');
  }
  return parse(data, isBinary);
}
