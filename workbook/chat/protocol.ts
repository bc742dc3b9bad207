import { z } from 'zod';

/** The subprotocol both sides name in the handshake (RFC 6455 §1.9). */
export const subprotocol = 'chat.v1';

/** The most a message may hold. Longer ones are answered with `too_large`, and the connection is kept. */
export const messageLimits = {
  /** Characters of `content`, counted as JavaScript counts them: UTF-16 code units. */
  maxContentLength: 4_000,
  /** Bytes of one whole message: the longest content with every character escaped as `\uXXXX` fits. */
  maxMessageLength: 32_768,
  /** Characters of a room's name. */
  maxRoomNameLength: 64,
  /** Characters of a user's name. */
  maxUserNameLength: 40,
} as const;

/** Text for one line: no control characters, not only spaces. */
const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

const room = line(messageLimits.maxRoomNameLength);
const id = z.string().min(1).max(128);
const content = z.string().min(1, 'must not be empty').max(messageLimits.maxContentLength);
const seq = z.int().min(0);

/** The body of `POST /session`. */
export const sessionRequest = z.object({ name: line(messageLimits.maxUserNameLength) });

/** A person in the chat. Ids are random; two users may have one name. */
const user = z.object({ id, name: z.string() });
export type User = z.infer<typeof user>;

/** How far a client has read a room: the room's epoch, and the last `seq` seen in it. */
const position = z.object({ epoch: z.string().max(64), seq });
export type Position = z.infer<typeof position>;

const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), ticket: z.string().max(1_024) }),
  z.object({ type: z.literal('join'), room, since: position.optional() }),
  z.object({ type: z.literal('leave'), room }),
  z.object({ type: z.literal('chat'), id, room, content }),
  z.object({ type: z.literal('direct'), id, to: id, content }),
  z.object({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

const errorCode = z.enum([
  'bad_message',
  'unauthenticated',
  'forbidden',
  'not_in_room',
  'unknown_user',
  'too_large',
  'rate_limited',
]);
export type ErrorCode = z.infer<typeof errorCode>;

/** What a client is told of its limits in `welcome`: those of messages, and how often it may send. */
const limits = z.object({
  maxContentLength: z.int(),
  maxMessageLength: z.int(),
  maxRoomNameLength: z.int(),
  maxUserNameLength: z.int(),
  /** Messages a second that may be sent for ever, and how many at once after a pause. */
  messagesPerSecond: z.number(),
  messageBurst: z.int(),
});
export type Limits = z.infer<typeof limits>;

/** A message of a room. `seq` starts at 1 and rises by one a room; `at` is in ms since 1970. */
const roomMessage = z.object({
  type: z.literal('chat'),
  room: z.string(),
  seq,
  id,
  from: user,
  content: z.string(),
  at: z.number(),
});
export type RoomMessage = z.infer<typeof roomMessage>;

const serverMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), user, heartbeatMs: z.number(), limits }),
  z.object({
    type: z.literal('joined'),
    room: z.string(),
    epoch: z.string(),
    /** The room's last `seq`; 0 before its first message. */
    seq,
    /** True: `messages` is exactly what was missed. False: they are the last ones, and some may be missing. */
    recovered: z.boolean(),
    messages: z.array(roomMessage),
    members: z.array(user),
  }),
  roomMessage,
  z.object({ type: z.literal('direct'), id, from: user, content: z.string(), at: z.number() }),
  z.object({ type: z.literal('presence'), room: z.string(), user, event: z.enum(['joined', 'left']) }),
  z.object({ type: z.literal('ack'), id, room: z.string().optional(), seq: seq.optional() }),
  z.object({
    type: z.literal('error'),
    code: errorCode,
    message: z.string(),
    id: z.string().optional(),
    retryAfterMs: z.number().optional(),
  }),
  z.object({ type: z.literal('drain'), reconnectInMs: z.number() }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;

/** One kind of message out of a union: `MessageOf<ServerMessage, 'ack'>`. */
export type MessageOf<M extends { type: string }, T extends M['type']> = Extract<M, { type: T }>;

/** Why a message was not carried out. The connection stays; `reply` tells its sender. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly reply: MessageOf<ServerMessage, 'error'>;

  /** `id` is the id of the refused message, so that its sender can tell which one it was. */
  constructor(code: ErrorCode, message: string, id?: string, retryAfterMs?: number) {
    super(message);
    this.reply = { type: 'error', code, message, id, retryAfterMs };
  }
}

/**
 * Reads what a client sent.
 *
 * @throws Refusal for binary, for text over `maxMessageLength`, and for what is not in the contract.
 */
export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary) throw new Refusal('bad_message', 'Messages are JSON text; this one was binary.');
  if (data.length > messageLimits.maxMessageLength) {
    throw new Refusal(
      'too_large',
      `A message may be ${messageLimits.maxMessageLength} bytes long; this one has ${data.length}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    throw new Refusal('bad_message', 'This is not JSON.');
  }
  const result = clientMessage.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const tooLarge = issue.code === 'too_big' && issue.path[0] === 'content';
  throw new Refusal(tooLarge ? 'too_large' : 'bad_message', explain(issue), idOf(value));
}

/** Reads what the server sent; undefined for a kind this client does not know, which it must ignore. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return serverMessage.safeParse(value).data;
}

/** One sentence for a person: `room: must not be empty`. */
export function explain(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  if (issue.code === 'invalid_union') return `${where || 'type'}: no such kind of message`;
  return where ? `${where}: ${issue.message}` : issue.message;
}

function idOf(value: unknown): string | undefined {
  const found = id.safeParse((value as { id?: unknown } | null)?.id);
  return found.data;
}
