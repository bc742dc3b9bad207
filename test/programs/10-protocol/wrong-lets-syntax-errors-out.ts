// Your server lets the SyntaxError of JSON.parse out: one bad message ends the connection, or the process.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  if (!isBinary && data.length <= 32_768) JSON.parse(data.toString());
  return parse(data, isBinary);
}
