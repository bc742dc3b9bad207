// Your server turns numbers into text: a client that sends the wrong type is to learn of it.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, parseClientMessage as parse } from '../../../solutions/10-protocol.ts';

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary || data.length > 32_768) return parse(data, isBinary);
  let text = data.toString();
  try {
    const value = JSON.parse(text, (name, each) =>
      typeof each === 'number' && name !== 'seq' ? `${each}` : each,
    );
    text = JSON.stringify(value);
  } catch {
    // parse says what is wrong with it.
  }
  return parse(Buffer.from(text), isBinary);
}
