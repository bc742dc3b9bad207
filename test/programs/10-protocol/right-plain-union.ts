// A plain zod union, tried kind by kind, and bounds by refinements of its own.
export * from '../../../solutions/10-protocol.ts';

import { z } from 'zod';
import { type ClientMessage, messageLimits, Refusal } from '../../../solutions/10-protocol.ts';

const bounded = (max: number) => z.string().refine((text) => text.length >= 1 && text.length <= max);
const room = z
  .string()
  .transform((text) => text.trim())
  .refine(
    (text) => text.length > 0 && text.length <= messageLimits.maxRoomNameLength && !/\p{Cc}/u.test(text),
  );
const content = z.string().min(1);
const since = z.object({
  epoch: z.string().refine((text) => text.length <= 64),
  seq: z.number().refine((number) => Number.isSafeInteger(number) && number >= 0),
});

const message = z.union([
  z.object({ type: z.literal('auth'), ticket: z.string().max(1_024) }),
  z.object({ type: z.literal('join'), room, since: since.optional() }),
  z.object({ type: z.literal('leave'), room }),
  z.object({ type: z.literal('chat'), id: bounded(128), room, content }),
  z.object({ type: z.literal('direct'), id: bounded(128), to: bounded(128), content }),
  z.object({ type: z.literal('ping') }),
]);

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  const refuse = (why: string, id?: string, code: 'bad_message' | 'too_large' = 'bad_message') => {
    throw new Refusal(code, why, id);
  };
  if (isBinary) refuse('binary');
  if (data.byteLength > messageLimits.maxMessageLength) refuse('too long', undefined, 'too_large');
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    refuse('no JSON');
  }
  const id = z.object({ id: bounded(128) }).safeParse(value).data?.id;
  const { data: read } = message.safeParse(value);
  if (!read) return refuse('not in the contract', id) as never;
  if ('content' in read && read.content.length > messageLimits.maxContentLength) {
    refuse('content too long', id, 'too_large');
  }
  return read;
}
