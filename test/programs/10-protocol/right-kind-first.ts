// Looks at the type first, then at one schema; the server's messages are read kind by kind, too.
export * from '../../../solutions/10-protocol.ts';

import {
  type ClientMessage,
  parseClientMessage as parse,
  Refusal,
  parseServerMessage as read,
  type ServerMessage,
  jsonSchemaOf as schemaOf,
} from '../../../solutions/10-protocol.ts';

const kinds: unknown[] = ['auth', 'join', 'leave', 'chat', 'direct', 'ping'];

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  try {
    return parse(data, isBinary);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, id } = error.reply;
    // Another wording, without the library's.
    const isUnknown = message.includes('type') && !kinds.some((kind) => message.includes(String(kind)));
    throw new Refusal(
      code,
      isUnknown ? 'I do not know this kind of message.' : 'I do not understand this.',
      id,
    );
  }
}

export function parseServerMessage(text: string): ServerMessage | undefined {
  const type = /"type"\s*:\s*"(\w+)"/.exec(text)?.[1];
  return type === undefined ? undefined : read(text);
}

/** With titles and descriptions, which say nothing of what is valid. */
export function jsonSchemaOf(side: 'client' | 'server'): object {
  return { title: `What the ${side} sends`, ...schemaOf(side) };
}
