// Your client demands fields that are optional: an ack of a direct message has no room.
export * from '../../../solutions/10-protocol.ts';

import { parseServerMessage as parse, type ServerMessage } from '../../../solutions/10-protocol.ts';

export function parseServerMessage(text: string): ServerMessage | undefined {
  const message = parse(text);
  return message?.type === 'ack' && message.seq === undefined ? undefined : message;
}
