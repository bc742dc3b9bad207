// Your client throws at a message it does not know: a newer server ends every older page.
export * from '../../../solutions/10-protocol.ts';

import { parseServerMessage as parse, type ServerMessage } from '../../../solutions/10-protocol.ts';

export function parseServerMessage(text: string): ServerMessage | undefined {
  const message = parse(text);
  if (!message) throw new Error(`not in the contract: ${text}`);
  return message;
}
