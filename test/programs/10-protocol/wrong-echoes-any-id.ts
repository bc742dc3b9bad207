// Your refusal sends back whatever stood in id, of any type and length.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse, Refusal } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    return parse(data, isBinary);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    let id: string | undefined;
    try {
      id = JSON.parse(data.toString())?.id;
    } catch {
      // No JSON, so no id.
    }
    throw new Refusal(error.reply.code, error.message, id);
  }
}
