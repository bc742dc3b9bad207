// No zod for what clients send: one table of fields a kind, and one predicate a field.
export * from '../../../solutions/10-protocol.ts';

import { type ClientMessage, messageLimits, Refusal } from '../../../solutions/10-protocol.ts';

type Field = (value: unknown) => unknown;
const refused = Symbol('refused');
const tooLong = Symbol('too long');

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= max;
const id: Field = (value) => (isText(value, 128) ? value : refused);
const ticket: Field = (value) => (typeof value === 'string' && value.length <= 1_024 ? value : refused);
const room: Field = (value) => {
  const name = typeof value === 'string' ? value.trim() : '';
  const isLine = ![...name].some((character) => /\p{Cc}/u.test(character));
  return isText(name, messageLimits.maxRoomNameLength) && isLine ? name : refused;
};
const content: Field = (value) => {
  if (typeof value !== 'string' || value === '') return refused;
  return value.length > messageLimits.maxContentLength ? tooLong : value;
};
const since: Field = (value) => {
  if (value === undefined) return undefined;
  const { epoch, seq } = (value ?? {}) as { epoch?: unknown; seq?: unknown };
  const isPosition =
    typeof epoch === 'string' && epoch.length <= 64 && Number.isSafeInteger(seq) && (seq as number) >= 0;
  return isPosition ? { epoch, seq } : refused;
};

const kinds = new Map<unknown, Record<string, Field>>([
  ['auth', { ticket }],
  ['join', { room, since }],
  ['leave', { room }],
  ['chat', { id, room, content }],
  ['direct', { id, to: id, content }],
  ['ping', {}],
]);

export function parseClientMessage(data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary) throw new Refusal('bad_message', 'Send text.');
  if (data.length > messageLimits.maxMessageLength) throw new Refusal('too_large', 'Send less.');
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(data.toString()));
  } catch {
    throw new Refusal('bad_message', 'Send JSON.');
  }
  const ownId = id(value.id) === refused ? undefined : (value.id as string);
  const fields = kinds.get(value.type);
  if (!fields) throw new Refusal('bad_message', 'There is no such kind of message.', ownId);
  const message: Record<string, unknown> = { type: value.type };
  for (const [name, field] of Object.entries(fields)) {
    const taken = field(value[name]);
    if (taken === tooLong) throw new Refusal('too_large', `${name} is too long.`, ownId);
    if (taken === refused) throw new Refusal('bad_message', `${name} is not as it must be.`, ownId);
    if (taken !== undefined) message[name] = taken;
  }
  return message as ClientMessage;
}
