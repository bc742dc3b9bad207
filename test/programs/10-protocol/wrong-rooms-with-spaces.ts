// Your server takes \"lobby \" and \"lobby\" for two rooms: nobody can see the difference.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  const message = parse(data, isBinary);
  return 'room' in message ? { ...message, room: JSON.parse(data.toString()).room } : message;
}
