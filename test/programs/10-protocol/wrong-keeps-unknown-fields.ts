// Your server hands on fields that are not in the contract: whatever a client writes goes on into your program.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  return { ...JSON.parse(data.toString()), ...parse(data, isBinary) };
}
