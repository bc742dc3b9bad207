import { expect } from 'vitest';
import {
  jsonSchemaOf,
  messageLimits,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
} from '#labs/10-protocol';
import { expectRead, expectRefusal, expectServerMessage, read, readText } from './support/chat-messages.ts';
import { check } from './support/check.ts';

const ada = { id: 'u1', name: 'Ada' };
const chat = { type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' } as const;
const { maxContentLength, maxMessageLength, maxRoomNameLength } = messageLimits;

const limits = { ...messageLimits, messagesPerSecond: 50, messageBurst: 200 };
const said = { ...chat, seq: 1, from: ada, at: 1_700_000_000_000 };
const serverMessages: ServerMessage[] = [
  { type: 'welcome', user: ada, heartbeatMs: 15_000, limits },
  {
    type: 'joined',
    room: 'lobby',
    epoch: 'e1',
    seq: 1,
    recovered: false,
    messages: [said],
    members: [ada],
  },
  said,
  { type: 'direct', id: 'd1', from: ada, content: 'psst', at: 1_700_000_000_000 },
  { type: 'presence', room: 'lobby', user: ada, event: 'left' },
  { type: 'ack', id: 'm1', room: 'lobby', seq: 1 },
  { type: 'ack', id: 'd1' },
  { type: 'error', code: 'rate_limited', message: 'Slower, please.', id: 'm1', retryAfterMs: 250 },
  { type: 'error', code: 'bad_message', message: 'This is not JSON.' },
  { type: 'drain', reconnectInMs: 0 },
  { type: 'pong' },
];

check(
  'Each kind of message a client may send is read',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'The contract has six kinds. Which of them does your union lack?',
      'One z.object a kind, each with type: z.literal(…), in z.discriminatedUnion. `since` is optional.',
    ],
  },
  () => {
    expectRead({ type: 'auth', ticket: 't' });
    expectRead({ type: 'join', room: 'lobby' });
    expectRead({ type: 'join', room: 'lobby', since: { epoch: 'e1', seq: 0 } });
    expectRead({ type: 'leave', room: 'lobby' });
    expectRead(chat);
    expectRead({ type: 'direct', id: 'd1', to: 'u2', content: 'psst' });
    expectRead({ type: 'ping' });
  },
);

check(
  'Text is kept as it was written: line breaks, emoji, spaces',
  {
    rfc: 'chat.v1 §text',
    hint: [
      'Whose business is it what people write?',
      'A content is not trimmed: spaces and line breaks are the writer’s.',
    ],
  },
  () => {
    for (const content of [' two\nlines\t', '😀 é 漢字', '   ', '\u0000']) {
      expectRead({ ...chat, content });
    }
  },
);

check(
  'Markup is text like any other',
  {
    rfc: 'chat.v1 §text',
    hint: [
      'Where does markup do harm: in your server, or in a page that takes text for markup?',
      'Store what was written; whoever shows it shows it as text. To escape it here would show &lt; to everyone.',
    ],
  },
  () => {
    for (const content of ['<img src=x onerror=alert(1)>', 'a < b && c > d', '&amp;', '</script>']) {
      expectRead({ ...chat, content });
    }
  },
);

check(
  'Fields that are not in the contract are ignored',
  {
    rfc: 'chat.v1 §compatibility',
    hint: [
      'A client of next year sends one field more. Should this year’s server turn it away?',
      'A plain z.object leaves unknown keys out; a strict one refuses them, a loose one keeps them.',
    ],
  },
  () => {
    expectRead({ ...chat, mood: 'good', __proto: 1 }, chat);
    expectRead({ type: 'ping', at: 1 }, { type: 'ping' });
    const { messages, members, ...joined } = serverMessages[1] as Extract<ServerMessage, { type: 'joined' }>;
    const newer = { ...joined, messages, members: [{ ...members[0], colour: 'red' }], topic: 'tea' };
    expect(parseServerMessage(JSON.stringify(newer)), 'a newer server’s joined').toEqual(serverMessages[1]);
  },
);

check(
  'A binary message is refused with bad_message',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'What does the second argument say?',
      'The contract is text. Refuse binary before you look at what is in it.',
    ],
  },
  () => {
    const bytes = Buffer.from(JSON.stringify(chat));
    expectRefusal('JSON in a binary message', 'bad_message', () => parseClientMessage(bytes, true));
  },
);

check(
  'What is no JSON is refused with bad_message, whatever it is',
  {
    rfc: '8259 §2',
    hint: [
      'What does JSON.parse do with half an object?',
      'JSON.parse throws a SyntaxError: catch it, and throw a Refusal.',
    ],
  },
  () => {
    for (const text of ['', '{', 'hello', "{'type':'ping'}", '{"type":"ping"}{"type":"ping"}', 'undefined']) {
      expectRefusal(`the text ${JSON.stringify(text)}`, 'bad_message', () => readText(text));
    }
  },
);

check(
  'JSON that is no message is refused with bad_message',
  {
    rfc: '8259 §3',
    hint: [
      'null is JSON too. Does your code read a field of it?',
      'Give whatever JSON.parse returned to the schema; let it decide, also about null, numbers and arrays.',
    ],
  },
  () => {
    for (const value of [
      null,
      7,
      'ping',
      true,
      [],
      [{ type: 'ping' }],
      {},
      { type: null },
      { type: ['ping'] },
    ]) {
      expectRefusal(`the JSON ${JSON.stringify(value)}`, 'bad_message', () => read(value));
    }
  },
);

check(
  'A kind of message the server does not know is answered, not ignored',
  {
    rfc: 'chat.v1 §compatibility',
    hint: [
      'A newer client sends "typing". What should it learn?',
      'An unknown type is a bad_message like any other: the client may fall back, the connection is kept.',
    ],
  },
  () => {
    for (const type of ['typing', 'CHAT', 'welcome', 'constructor', '']) {
      expectRefusal(`the type ${JSON.stringify(type)}`, 'bad_message', () => read({ ...chat, type }));
    }
  },
);

check(
  'Missing fields and fields of the wrong type are refused with bad_message',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Take each kind and leave each field out: what becomes of it?',
      'No field has a default and none is converted: a number is not a string.',
    ],
  },
  () => {
    for (const [message, fields] of [
      [{ type: 'auth', ticket: 't' }, ['ticket']],
      [{ type: 'join', room: 'lobby' }, ['room']],
      [{ type: 'leave', room: 'lobby' }, ['room']],
      [chat, ['id', 'room', 'content']],
      [{ type: 'direct', id: 'd1', to: 'u2', content: 'psst' }, ['id', 'to', 'content']],
    ] as const) {
      for (const field of fields) {
        for (const value of [undefined, null, 7, {}, ['x']]) {
          const what = `${message.type} with ${field} ${JSON.stringify(value)}`;
          expectRefusal(what, 'bad_message', () => read({ ...message, [field]: value }));
        }
      }
    }
  },
);

check(
  'A refusal carries the id of the message it refuses, where there is one',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Three messages are under way and one is refused. How does the sender know which?',
      'Take the id from what was sent even when the rest is wrong, if it is a string of 1 to 128 characters.',
    ],
  },
  () => {
    const reply = (message: unknown) =>
      expectRefusal('a chat without room', 'bad_message', () => read(message));
    expect(reply({ type: 'chat', id: 'm7', content: 'x' }).id, 'the reply’s id').toBe('m7');
    expect(reply({ type: 'typing', id: 'm8' }).id, 'the reply’s id, for an unknown kind').toBe('m8');
    expect(reply({ type: 'chat', content: 'x' }).id, 'the reply’s id, where none came').toBeUndefined();
    expect(reply({ type: 'chat', id: 7 }).id, 'the reply’s id, where it was a number').toBeUndefined();
    expect(
      reply({ type: 'chat', id: 'x'.repeat(129) }).id,
      'the reply’s id, where it was too long',
    ).toBeUndefined();
  },
);

check(
  `A content of ${maxContentLength} characters is taken, one more is too_large`,
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Which error code tells a person that they wrote too much?',
      'The schema’s issue has code too_big and a path: for content that is too_large, for other fields bad_message.',
    ],
  },
  () => {
    expectRead({ ...chat, content: 'x'.repeat(maxContentLength) });
    expectRead({ ...chat, content: '😀'.repeat(maxContentLength / 2) });
    for (const message of [
      { ...chat, content: 'x'.repeat(maxContentLength + 1) },
      { type: 'direct', id: 'm1', to: 'u2', content: 'x'.repeat(maxContentLength + 1) },
    ]) {
      const reply = expectRefusal('a content that is too long', 'too_large', () => read(message));
      expect(reply.id, 'the id of the message that is too long').toBe('m1');
    }
    expectRefusal('an empty content', 'bad_message', () => read({ ...chat, content: '' }));
  },
);

check(
  `A message over ${maxMessageLength} bytes is too_large`,
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Bytes or characters?',
      'Compare data.length, which is bytes; a character has up to four of them.',
    ],
  },
  () => {
    const padded = (length: number) => JSON.stringify({ type: 'ping' }).padEnd(length, ' ');
    expect(readText(padded(maxMessageLength)), `a ping in ${maxMessageLength} bytes`).toEqual({
      type: 'ping',
    });
    expectRefusal('one byte more', 'too_large', () => readText(padded(maxMessageLength + 1)));
    const bytes = `{"type":"ping","x":"${'é'.repeat(maxMessageLength / 2)}"}`;
    expectRefusal('fewer characters, but more bytes', 'too_large', () => readText(bytes));
  },
);

check(
  'A message that is too long is not parsed',
  {
    rfc: '6455 §10.4',
    hint: [
      'What does JSON.parse cost for a megabyte of brackets?',
      'Look at the length before anything else is done with the text.',
    ],
  },
  () => {
    expectRefusal('too long, and no JSON', 'too_large', () => readText('['.repeat(maxMessageLength + 1)));
  },
);

check(
  'A room’s name is one line of 1 to 64 characters; spaces around it do not count',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Are "lobby" and "lobby " two rooms to a person?',
      'Trim first, then check: not empty, not too long, no control character.',
    ],
  },
  () => {
    const longest = 'r'.repeat(maxRoomNameLength);
    for (const type of ['join', 'leave']) {
      expectRead({ type, room: longest });
      expectRead({ type, room: ' two words ' }, { type, room: 'two words' });
      for (const room of ['', '   ', `${longest}r`, 'a\nb', 'a\u0000b', 'a\u007fb', 'a\u0085b']) {
        expectRefusal(`${type} with the room ${JSON.stringify(room)}`, 'bad_message', () =>
          read({ type, room }),
        );
      }
    }
    expectRead({ ...chat, room: ' lobby ' }, chat);
  },
);

check(
  'A position is an epoch and a whole number from 0',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'A seq of 1.5, of −1, of 1e400: what would your room do with it?',
      'z.int() is a safe integer; min(0). Without epoch a seq means nothing.',
    ],
  },
  () => {
    const join = (since: unknown) => ({ type: 'join', room: 'lobby', since });
    expectRead(join({ epoch: 'e1', seq: Number.MAX_SAFE_INTEGER }));
    for (const since of [
      {},
      { seq: 1 },
      { epoch: 'e1' },
      { epoch: 'e1', seq: -1 },
      { epoch: 'e1', seq: 1.5 },
      { epoch: 'e1', seq: '1' },
      { epoch: 'e1', seq: 2 ** 53 },
      { epoch: 'e'.repeat(65), seq: 1 },
      null,
      'e1:1',
    ]) {
      expectRefusal(`since ${JSON.stringify(since)}`, 'bad_message', () => read(join(since)));
    }
    expectRefusal('a seq of 1e400', 'bad_message', () =>
      readText('{"type":"join","room":"lobby","since":{"epoch":"e1","seq":1e400}}'),
    );
  },
);

check(
  'Ids and tickets have bounds too',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'The server remembers ids. What does a client do that sends one of a megabyte?',
      'An id has 1 to 128 characters, a ticket at most 1,024.',
    ],
  },
  () => {
    expectRead({ ...chat, id: 'i'.repeat(128) });
    expectRefusal('an id of 129 characters', 'bad_message', () => read({ ...chat, id: 'i'.repeat(129) }));
    expectRefusal('an empty id', 'bad_message', () => read({ ...chat, id: '' }));
    expectRead({ type: 'auth', ticket: 't'.repeat(1_024) });
    expectRefusal('a ticket of 1,025 characters', 'bad_message', () =>
      read({ type: 'auth', ticket: 't'.repeat(1_025) }),
    );
  },
);

check(
  'Each kind of message the server sends is read',
  {
    rfc: 'chat.v1 §server',
    hint: [
      'Nine kinds. Which fields may be absent?',
      'ack has room and seq only for a room’s message; error has id and retryAfterMs only where they apply.',
    ],
  },
  () => {
    for (const message of serverMessages) expectServerMessage(message);
  },
);

check(
  'What a client cannot read of a server’s messages is undefined, and nothing is thrown',
  {
    rfc: 'chat.v1 §compatibility',
    hint: [
      'Your page is a year old, the server is new. Should an unknown message end the chat?',
      'Return undefined for what is no JSON, of an unknown kind, or not as the contract says.',
    ],
  },
  () => {
    for (const text of [
      '',
      '{',
      'null',
      '7',
      '[]',
      '{"type":"typing"}',
      '{"type":"chat","room":"lobby"}',
      JSON.stringify({ ...said, seq: '1' }),
      JSON.stringify({ type: 'error', code: 'oops', message: 'x' }),
      JSON.stringify({ type: 'presence', room: 'lobby', user: ada, event: 'slept' }),
    ]) {
      let result: unknown;
      expect(() => {
        result = parseServerMessage(text);
      }, `reading ${text}`).not.toThrow();
      expect(result, `what became of ${text}`).toBeUndefined();
    }
  },
);

check(
  'The JSON Schema says of each message what your reader says',
  {
    rfc: 'chat.v1 §schema',
    hint: [
      'Is the schema written by hand? It will not stay true.',
      'z.toJSONSchema makes it from the schema you have; it takes what is sent, so with io: "input".',
    ],
  },
  () => {
    const kinds = (side: 'client' | 'server') => {
      const schema = jsonSchemaOf(side) as {
        $schema?: string;
        oneOf?: { properties: { type: { const: string } } }[];
        anyOf?: { properties: { type: { const: string } } }[];
      };
      expect(schema.$schema, 'the dialect').toBe('https://json-schema.org/draft/2020-12/schema');
      return (schema.oneOf ?? schema.anyOf ?? []).map(({ properties }) => properties.type.const).sort();
    };
    expect(kinds('client')).toEqual(['auth', 'chat', 'direct', 'join', 'leave', 'ping']);
    expect(kinds('server')).toEqual([...new Set(serverMessages.map(({ type }) => type))].sort());
    expect(JSON.stringify(jsonSchemaOf('client')), 'the bound on content').toContain(
      `"maxLength":${maxContentLength}`,
    );
  },
);
