// Your server escapes markup in what people write: text is stored as it is, and shown as text.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  const message = parse(data, isBinary);
  return 'content' in message ? { ...message, content: message.content.replaceAll('<', '&lt;') } : message;
}
