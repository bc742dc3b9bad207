// Your server refuses a message with a field it does not know: a client of next year cannot talk to it.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  const message = parse(data, isBinary);
  const sent = Object.keys(JSON.parse(data.toString())).filter((name) => !(name in message));
  if (sent.length > 0) throw new Refusal('bad_message', `unknown: ${sent}`);
  return message;
}
