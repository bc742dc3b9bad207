import { z } from 'zod';

/** The subprotocol both sides name in the handshake (RFC 6455 §1.9). */
export const subprotocol = 'chat.v1';

/** The most a message may hold. What is longer is answered with `too_large`, and the connection is kept. */
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

/** A person in the chat. Ids are random; two users may have one name. */
export interface User {
  id: string;
  name: string;
}

/** How far a client has read a room: the room's epoch, and the last `seq` seen in it. */
export interface Position {
  /** At most 64 characters. */
  epoch: string;
  seq: number;
}

/**
 * What a client sends. `id` is the client's own, 1 to 128 characters, unique a message; `room` is one line of
 * 1 to 64 characters, spaces around it do not count.
 */
export type ClientMessage =
  /** First, within the deadline. A ticket has at most 1,024 characters. */
  | { type: 'auth'; ticket: string }
  | { type: 'join'; room: string; since?: Position }
  | { type: 'leave'; room: string }
  | { type: 'chat'; id: string; room: string; content: string }
  /** `to` is a user's id. */
  | { type: 'direct'; id: string; to: string; content: string }
  | { type: 'ping' };

/** A message of a room. `seq` starts at 1 and rises by one a room; `at` is in ms since 1970. */
export interface RoomMessage {
  type: 'chat';
  room: string;
  seq: number;
  id: string;
  from: User;
  content: string;
  at: number;
}

/** What a client is told of its limits in `welcome`: those of messages, and how often it may send. */
export interface Limits {
  maxContentLength: number;
  maxMessageLength: number;
  maxRoomNameLength: number;
  maxUserNameLength: number;
  /** Messages a second that may be sent for ever. */
  messagesPerSecond: number;
  /** Messages that may be sent at once after a pause. */
  messageBurst: number;
}

export type ErrorCode =
  | 'bad_message'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_in_room'
  | 'unknown_user'
  | 'too_large'
  | 'rate_limited';

/** What the server sends. */
export type ServerMessage =
  | { type: 'welcome'; user: User; heartbeatMs: number; limits: Limits }
  | {
      type: 'joined';
      room: string;
      epoch: string;
      /** The room's last `seq`; 0 before its first message. */
      seq: number;
      /** True: `messages` is exactly what was missed. False: they are the last ones, and some may be missing. */
      recovered: boolean;
      messages: RoomMessage[];
      members: User[];
    }
  | RoomMessage
  | { type: 'direct'; id: string; from: User; content: string; at: number }
  | { type: 'presence'; room: string; user: User; event: 'joined' | 'left' }
  | { type: 'ack'; id: string; room?: string; seq?: number }
  | { type: 'error'; code: ErrorCode; message: string; id?: string; retryAfterMs?: number }
  | { type: 'drain'; reconnectInMs: number }
  | { type: 'pong' };

/** One kind of message out of a union: `MessageOf<ServerMessage, 'ack'>`. */
export type MessageOf<M extends { type: string }, T extends M['type']> = Extract<M, { type: T }>;

// #region refusal
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
// #endregion refusal

/** What zod has to say, as one sentence for a person: `room: must not be empty`. */
export function explain(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  if (issue.code === 'invalid_union') return `${where || 'type'}: no such kind of message`;
  return where ? `${where}: ${issue.message}` : issue.message;
}

// #region solution: a zod schema for each direction: z.discriminatedUnion('type', […]), with the bounds above
// #region schemas
/** Text for one line: no control characters, not only spaces. */
const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

const id = z.string().min(1).max(128);
const room = line(messageLimits.maxRoomNameLength);
const content = z.string().min(1, 'must not be empty').max(messageLimits.maxContentLength);
const seq = z.int().min(0);
const position = z.object({ epoch: z.string().max(64), seq });

const clientMessage: z.ZodType<ClientMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), ticket: z.string().max(1_024) }),
  z.object({ type: z.literal('join'), room, since: position.optional() }),
  z.object({ type: z.literal('leave'), room }),
  z.object({ type: z.literal('chat'), id, room, content }),
  z.object({ type: z.literal('direct'), id, to: id, content }),
  z.object({ type: z.literal('ping') }),
]);
// #endregion schemas

// #region server-schema
const user = z.object({ id, name: z.string() });

const roomMessage = z.object({
  type: z.literal('chat'),
  room: z.string(),
  seq,
  id,
  from: user,
  content: z.string(),
  at: z.number(),
});

const limits = z.object({
  maxContentLength: z.int(),
  maxMessageLength: z.int(),
  maxRoomNameLength: z.int(),
  maxUserNameLength: z.int(),
  messagesPerSecond: z.number(),
  messageBurst: z.int(),
});

const errorCode = z.enum([
  'bad_message',
  'unauthenticated',
  'forbidden',
  'not_in_room',
  'unknown_user',
  'too_large',
  'rate_limited',
]);

const serverMessage: z.ZodType<ServerMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), user, heartbeatMs: z.number(), limits }),
  z.object({
    type: z.literal('joined'),
    room: z.string(),
    epoch: z.string(),
    seq,
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
// #endregion server-schema
// #endregion

// #region parse-client
/**
 * Reads what a client sent. Fields it does not know are left out, so that an older server takes a newer
 * client's messages.
 *
 * @throws Refusal for binary, for text over `maxMessageLength`, and for what is not in the contract.
 */
export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  // #region solution: refuse binary, then length, then what is no JSON, then what the schema does not take; name the id where there is one
  if (isBinary) throw new Refusal('bad_message', 'Messages are JSON text; this one was binary.');
  const { maxMessageLength } = messageLimits;
  if (data.length > maxMessageLength) {
    throw new Refusal(
      'too_large',
      `A message may have ${maxMessageLength} bytes; this one has ${data.length}.`,
    );
  }
  const value = parseJson(data.toString());
  if (value === undefined) throw new Refusal('bad_message', 'This is not JSON.');
  const result = clientMessage.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const tooLarge = issue.code === 'too_big' && issue.path[0] === 'content';
  throw new Refusal(tooLarge ? 'too_large' : 'bad_message', explain(issue), idOf(value));
  // #endregion
}
// #endregion parse-client

// #region parse-server
/** Reads what the server sent; undefined for a kind this client does not know, which it must ignore. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  // #region solution: what is no JSON or not in the schema is undefined; nothing is thrown
  return serverMessage.safeParse(parseJson(text)).data;
  // #endregion
}
// #endregion parse-server

/** The JSON Schema (draft 2020-12) of what one side sends, for clients in other languages. */
export function jsonSchemaOf(side: 'client' | 'server'): object {
  // #region solution: zod writes it: z.toJSONSchema; for the client's side, of what it may send, before trimming
  return z.toJSONSchema(side === 'client' ? clientMessage : serverMessage, { io: 'input' });
  // #endregion
}

// #region solution: helpers of your own, if you like
/** Undefined for what is no JSON; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | undefined {
  return id.safeParse((value as { id?: unknown } | null)?.id).data;
}
// #endregion
