import type { z } from 'zod';
import type { Connection } from '#labs/06-connection';

/**
 * Hands on each message of a page that is as the schema says. At the first that is not, the connection is closed
 * (RFC 6455 §7.4.1): 1003 for a binary one, 1008 for text that is no JSON, or JSON that means nothing here.
 */
export function onJson<Message>(
  connection: Connection,
  schema: z.ZodType<Message>,
  take: (message: Message) => void,
): void {
  connection.on('message', (data, isBinary) => {
    if (isBinary) return connection.close(1003, 'text only');
    const json = parse(data.toString());
    if (json === undefined) return connection.close(1008, 'not JSON');
    const { success, data: message } = schema.safeParse(json);
    if (!success) return connection.close(1008, 'no such message');
    take(message);
  });
}

/** Undefined, which JSON cannot say, for text that is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
