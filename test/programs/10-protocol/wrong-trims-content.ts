// Your server trims what people write: leading spaces are theirs, and code is written with them.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  const message = parse(data, isBinary);
  return 'content' in message ? { ...message, content: message.content.trim() } : message;
}
