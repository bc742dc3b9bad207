// Your server takes JSON in a binary message: the contract is text, and another server would refuse it.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer): ClientMessage {
  return parse(data, false);
}
