import { expect } from 'vitest';
import { decodeClosePayload, encodeClosePayload, MessageAssembler, Utf8Validator } from '#labs/05-messages';
import { check } from './support/check.ts';
import { bufferBytes } from './support/memory.ts';
import {
  expectFailure,
  expectProtocolError,
  expectRangeError,
  expectTold,
  fragments,
  frame,
  Listening,
} from './support/messages.ts';
import { everySplit } from './support/splits.ts';

/** One character of each length: 1, 2, 3 and 4 bytes of UTF-8. */
const mixedText = 'aé€😀';

/** Text that is not UTF-8, and how many of its bytes can stand before the first that cannot (RFC 3629 §4). */
const notUtf8 = [
  { what: 'a continuation byte with nothing before it', bytes: '80', possible: 0 },
  { what: 'C0 AF, an overlong slash', bytes: 'c0af', possible: 0 },
  { what: 'C1 BF, an overlong DEL', bytes: 'c1bf', possible: 0 },
  { what: 'E0 9F BF, two bytes of character in three', bytes: 'e09fbf', possible: 1 },
  { what: 'F0 8F BF BF, three bytes of character in four', bytes: 'f08fbfbf', possible: 1 },
  { what: 'ED A0 80, the surrogate U+D800', bytes: 'eda080', possible: 1 },
  { what: 'ED BF BF, the surrogate U+DFFF', bytes: 'edbfbf', possible: 1 },
  { what: 'F4 90 80 80, one past U+10FFFF', bytes: 'f4908080', possible: 1 },
  { what: 'F5, which begins no character', bytes: 'f5808080', possible: 0 },
  { what: 'FF, which is in no character', bytes: 'ff', possible: 0 },
  { what: 'a letter where a second byte must come', bytes: 'c341', possible: 1 },
  { what: 'a letter where a fourth byte must come', bytes: 'f09f9841', possible: 3 },
  { what: 'a character that begins within another', bytes: 'e282e282ac', possible: 2 },
].map(({ what, bytes, possible }) => ({ what, bytes: Buffer.from(bytes, 'hex'), possible }));

const bytesOf = (text: string) => Buffer.from(text);

check(
  'A text message in one frame is handed on, as text',
  {
    rfc: '6455 §5.6',
    hint: [
      'Which opcode says text, and what does the handler want to know of it?',
      'A frame with FIN and opcode 1 is a whole message: call onMessage with its payload and false.',
    ],
  },
  () => expectTold([frame('text', 'Hello')], [{ text: 'Hello' }]),
);

check(
  'A binary message may hold any bytes',
  {
    rfc: '6455 §5.6',
    hint: [
      'For which opcode does UTF-8 matter?',
      'Only text is UTF-8. Bytes of a binary message mean what the application wants, in fragments too.',
    ],
  },
  () => {
    const bytes = Buffer.from('fffe80c0', 'hex');
    expectTold([frame('binary', bytes)], [{ binary: 'fffe80c0' }]);
    everySplit(bytes, (chunks) => expectTold(fragments('binary', chunks), [{ binary: 'fffe80c0' }]));
  },
);

check(
  'Fragments become one message, told once, when the last one came',
  {
    rfc: '6455 §5.4',
    hint: [
      'Which bit says that a frame is the last of its message?',
      'The first fragment has the opcode and no FIN, the others have opcode 0. Keep the payloads until FIN.',
    ],
  },
  () => {
    everySplit(bytesOf('Hello, world'), (chunks) => {
      const frames = fragments('text', chunks);
      expectTold(frames.slice(0, -1), []);
      expectTold(frames, [{ text: 'Hello, world' }]);
    });
  },
);

check(
  'An empty message is a message',
  {
    rfc: '6455 §5.4',
    hint: [
      'A payload of no bytes is not the same as no frame.',
      'Hand on the empty message, whether it came in one frame or in several empty ones.',
    ],
  },
  () => {
    expectTold([frame('text'), frame('binary')], [{ text: '' }, { binary: '' }]);
    expectTold(fragments('text', ['', '', '']), [{ text: '' }]);
  },
);

check(
  'Control frames between fragments are told at once and leave the message alone',
  {
    rfc: '6455 §5.4',
    hint: [
      'A ping may come while a long message is on its way. May it wait?',
      'Handle opcodes 8 and up before you look at the message that is coming: they are no part of it.',
    ],
  },
  () => {
    const frames = [
      frame('text', 'Hel', 'more'),
      frame('ping', 'are you there'),
      frame('continuation', 'l', 'more'),
      frame('pong', 'yes'),
      frame('continuation', 'o'),
    ];
    expectTold(frames.slice(0, 2), [{ ping: 'are you there' }]);
    expectTold(frames, [{ ping: 'are you there' }, { pong: 'yes' }, { text: 'Hello' }]);
  },
);

check(
  'A Close frame between fragments is told at once',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'The peer may give up in the middle of its own message.',
      'Close is a control frame like ping: decode its payload and call onClose, whatever message is open.',
    ],
  },
  () => {
    const close = frame('close', Buffer.from('03e9676f6e65', 'hex'));
    expectTold([frame('binary', 'half', 'more'), close], [{ close: 1001, reason: 'gone' }]);
  },
);

check(
  'After a fragmented message the next one starts clean',
  {
    rfc: '6455 §5.4',
    hint: [
      'What do you remember between frames, and when do you forget it?',
      'Once a message is handed on, forget its opcode, its bytes, its count and its UTF-8 state.',
    ],
  },
  () => {
    const frames = [
      ...fragments('text', ['é', 'n']),
      ...fragments('binary', [Buffer.of(0xc3), Buffer.of(0xa9)]),
      frame('text', 'last'),
    ];
    expectTold(frames, [{ text: 'én' }, { binary: 'c3a9' }, { text: 'last' }]);
  },
);

check(
  'A message that was handed on is not overwritten by the next',
  {
    rfc: '6455 §5.4',
    hint: [
      'The application may keep a message as long as it likes.',
      'Give each message bytes of its own; a buffer you use again belongs to nobody else.',
    ],
  },
  () => {
    const kept: Buffer[] = [];
    const nothing = () => {};
    const assembler = new MessageAssembler({
      onMessage: (data) => kept.push(data),
      onPing: nothing,
      onPong: nothing,
      onClose: nothing,
    });
    const messages = ['first', 'other', 'third'];
    for (const text of messages) {
      for (const each of fragments('text', [text.slice(0, 2), text.slice(2)])) assembler.push(each);
    }
    expect(kept.map(String), 'Three messages, read after the last one came').toEqual(messages);
  },
);

check(
  'A continuation with no message to continue fails with 1002',
  {
    rfc: '6455 §5.4',
    hint: [
      'What does opcode 0 continue, if nothing was begun?',
      'Remember whether a message is open. It is not at the start, and not after FIN.',
    ],
  },
  () => {
    const why = 'no message is open, so there is nothing to continue';
    expectFailure([frame('continuation', 'lost')], 1002, why);
    expectFailure([frame('continuation', 'lost', 'more')], 1002, why);
    expectFailure([frame('text', 'whole'), frame('continuation', 'lost')], 1002, why);
    expectFailure([...fragments('text', ['a', 'b']), frame('continuation', 'lost')], 1002, why);
  },
);

check(
  'A new message inside an unfinished one fails with 1002',
  {
    rfc: '6455 §5.4',
    hint: [
      'Fragments of two messages must not be mixed. How would you notice?',
      'While a message is open, opcodes 1 and 2 are a protocol error; only 0 may come, and control frames.',
    ],
  },
  () => {
    const why = 'the message before was not finished';
    expectFailure([frame('text', 'a', 'more'), frame('text', 'b')], 1002, why);
    expectFailure([frame('text', 'a', 'more'), frame('binary', 'b', 'more')], 1002, why);
    expectFailure([frame('binary', '', 'more'), frame('ping'), frame('binary', 'b')], 1002, why);
  },
);

check(
  'Text may be cut within a character',
  {
    rfc: '6455 §5.6',
    hint: [
      'A fragment may end anywhere, so also between the bytes of €. Is the fragment alone UTF-8?',
      'Only the whole message must be. Carry the state of the cut character over to the next fragment.',
    ],
  },
  () => {
    everySplit(bytesOf(mixedText), (chunks) => expectTold(fragments('text', chunks), [{ text: mixedText }]));
  },
);

check(
  'Text that is not UTF-8 fails with 1007',
  {
    rfc: '6455 §8.1',
    hint: [
      'toString replaces what it cannot read by U+FFFD, and says nothing.',
      'Check the bytes, not the string: isUtf8 of node:buffer knows overlong forms and surrogates too.',
    ],
  },
  () => {
    for (const { what, bytes } of notUtf8) {
      expectFailure([frame('text', Buffer.concat([bytesOf('ok '), bytes]))], 1007, what);
    }
    expectFailure([frame('text', Buffer.from('e282', 'hex'))], 1007, 'the text ends within a character');
  },
);

check(
  'Bad text fails at the fragment with the first impossible byte',
  {
    rfc: '6455 §8.1',
    hint: [
      'Must you wait for the last fragment to know that F4 90 will never be a character?',
      'Check every fragment as it comes, and fail as soon as no next byte could make the text valid.',
    ],
  },
  () => {
    for (const { what, bytes, possible } of notUtf8) {
      const before = bytes.subarray(0, possible + 1);
      const first = frame('text', Buffer.concat([bytesOf('ok '), before]), 'more');
      expectFailure([first], 1007, `${what}, in the first fragment`);
      const single = Array.from(before, (_, at) => before.subarray(at, at + 1));
      const oneByOne = fragments('text', ['ok', ...single, 'rest']).slice(0, -1);
      expectFailure(oneByOne, 1007, `${what}, a byte a fragment`);
    }
  },
);

check(
  'Text that ends within a character fails with 1007, and not before its end',
  {
    rfc: '6455 §8.1',
    hint: [
      'E2 82 may still become €. When is it certain that it does not?',
      'With FIN: then no byte can come any more, so a character that was begun is an error.',
    ],
  },
  () => {
    const cut = Buffer.from('61e282', 'hex');
    const why = 'the last fragment came and the character is not whole';
    expectFailure([frame('text', cut, 'more'), frame('continuation')], 1007, why);
    expectFailure([frame('text', 'a', 'more'), frame('continuation', cut.subarray(1))], 1007, why);
  },
);

check(
  'The validator says false at the first impossible byte, not later',
  {
    rfc: '3629 §4',
    hint: [
      'Which second bytes may follow E0, ED, F0 and F4? The table is in RFC 3629, section 4.',
      'Keep how many bytes are missing and the range of the next one: 80–BF, but narrower after those four.',
    ],
  },
  () => {
    for (const { what, bytes, possible } of notUtf8) {
      const validator = new Utf8Validator();
      const answers = Array.from(bytes.subarray(0, possible + 1), (byte) => validator.push(Buffer.of(byte)));
      const expected = answers.map((_, at) => at < possible);
      expect(answers, `${what}: the answers byte by byte`).toEqual(expected);
      expect(new Utf8Validator().push(bytes), `${what}: the answer to all bytes at once`).toBe(false);
    }
  },
);

check(
  'The validator takes the first and the last character of every length',
  {
    rfc: '3629 §3',
    hint: [
      'Are your ranges right at their edges?',
      'U+007F, U+0080, U+07FF, U+0800, U+D7FF, U+E000, U+FFFF, U+10000 and U+10FFFF are all characters.',
    ],
  },
  () => {
    const edges = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x1_0000, 0x10_ffff];
    for (const codePoint of edges) {
      const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
      everySplit(bytesOf(`<${String.fromCodePoint(codePoint)}>`), (chunks) => {
        const validator = new Utf8Validator();
        for (const chunk of chunks) expect(validator.push(chunk), `push, for ${name}`).toBe(true);
        expect(validator.end(), `end, for ${name}`).toBe(true);
      });
    }
  },
);

check(
  'The validator knows whether the text may end here',
  {
    rfc: '3629 §4',
    hint: [
      'What must be true between two characters, and is not within one?',
      'end() is true when no byte is missing: also before the first push, and after empty ones.',
    ],
  },
  () => {
    expect(new Utf8Validator().end(), 'Before any byte').toBe(true);
    const bytes = bytesOf('€');
    const ends = [1, 2, 3].map((length) => {
      const validator = new Utf8Validator();
      validator.push(bytes.subarray(0, length));
      validator.push(Buffer.alloc(0));
      return validator.end();
    });
    expect(ends, 'After one, two and all of the bytes E2 82 AC').toEqual([false, false, true]);
  },
);

check(
  'A Close frame with no payload is told as 1005',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'Is a Close frame without a code an error?',
      'It is not: the code is then 1005, "no status received", which only the receiver says to itself.',
    ],
  },
  () => {
    expectTold([frame('close')], [{ close: 1005, reason: '' }]);
    expect(decodeClosePayload(Buffer.alloc(0))).toEqual({ code: 1005, reason: '' });
  },
);

check(
  'A Close frame carries a code and a reason',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'How many bytes are the code, and in which order?',
      'Two bytes, the high one first; what is left is the reason, in UTF-8, and may be empty.',
    ],
  },
  () => {
    expect(decodeClosePayload(Buffer.from('03e8', 'hex'))).toEqual({ code: 1000, reason: '' });
    expect(decodeClosePayload(Buffer.from('0fa1c3a9', 'hex'))).toEqual({ code: 4001, reason: 'é' });
    const longest = Buffer.concat([Buffer.from('03e9', 'hex'), Buffer.alloc(123, 'r')]);
    expectTold([frame('close', longest)], [{ close: 1001, reason: 'r'.repeat(123) }]);
  },
);

check(
  'A Close payload of one byte fails with 1002',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'If there is a payload, what must its first two bytes be?',
      'One byte is half a code: neither empty nor long enough.',
    ],
  },
  () => {
    expectFailure([frame('close', Buffer.of(3))], 1002, 'a close code has two bytes');
    expectProtocolError('decodeClosePayload(03)', () => decodeClosePayload(Buffer.of(3)), 1002);
  },
);

/** 1004 is reserved; 1005, 1006 and 1015 never travel; the others are not defined (RFC 6455 §7.4). */
const illegalCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2500, 2999, 5000, 65_535];
/** 1000–1011 of the RFC, 1012–1014 of IANA's registry, libraries, applications. */
const legalCodes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];

function codeBytes(code: number): Buffer {
  return Buffer.of(code >> 8, code & 0xff);
}

check(
  'A close code that may not travel fails with 1002',
  {
    rfc: '6455 §7.4',
    hint: [
      'Section 7.4.1 names codes that must not be in a Close frame. Section 7.4.2 has ranges.',
      'Refuse 0–999, 1004, 1005, 1006, 1015, 1016–2999 and 5000 up.',
    ],
  },
  () => {
    for (const code of illegalCodes) {
      expectFailure([frame('close', codeBytes(code))], 1002, `${code} may not travel`);
    }
  },
);

check(
  'Every close code that may travel is told as it came',
  {
    rfc: '6455 §7.4',
    hint: [
      'Is the RFC the last word on which codes are defined?',
      'IANA keeps the registry: 1012, 1013 and 1014 came later. 3000–4999 need no entry at all.',
    ],
  },
  () => {
    for (const code of legalCodes) {
      expectTold([frame('close', codeBytes(code))], [{ close: code, reason: '' }]);
    }
  },
);

check(
  'A close reason that is not UTF-8 fails with 1007',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'The reason is text for people. What does text have to be?',
      'Check it like a text message: with isUtf8, before toString.',
    ],
  },
  () => {
    for (const { what, bytes } of notUtf8) {
      const payload = Buffer.concat([codeBytes(1000), bytesOf('bye '), bytes]);
      expectFailure([frame('close', payload)], 1007, `the reason has ${what}`);
    }
    expectProtocolError(
      'decodeClosePayload(03 e8 e2 82)',
      () => decodeClosePayload(Buffer.from('03e8e282', 'hex')),
      1007,
    );
  },
);

check(
  'A close payload is two bytes of code and the reason',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'What is 1000 in two bytes, the high one first?',
      '03 e8, then the reason in UTF-8. Without a code the payload is empty.',
    ],
  },
  () => {
    expect(encodeClosePayload().toString('hex'), 'No code').toBe('');
    expect(encodeClosePayload(1000).toString('hex'), '1000').toBe('03e8');
    expect(encodeClosePayload(4001, 'é').toString('hex'), '4001 "é"').toBe('0fa1c3a9');
    for (const code of legalCodes) {
      const decoded = decodeClosePayload(encodeClosePayload(code, 'why'));
      expect(decoded, `${code}, encoded and decoded`).toEqual({ code, reason: 'why' });
    }
  },
);

check(
  'A close payload that may not travel is refused before it is sent',
  {
    rfc: '6455 §7.4',
    hint: [
      'The mistake is the caller’s here, not the peer’s. Which error is that?',
      'Throw a RangeError for the codes you refuse when they come in, and for a fraction.',
    ],
  },
  () => {
    for (const code of [...illegalCodes, -1, 1000.5, Number.NaN, 65_536 + 1000]) {
      expectRangeError(`encodeClosePayload(${code})`, () => encodeClosePayload(code));
    }
  },
);

check(
  'A close reason has at most 123 bytes',
  {
    rfc: '6455 §5.5',
    hint: [
      'How many bytes may a control frame carry, and how many does the code take?',
      '125 less 2. Count bytes of UTF-8, not characters: é is two.',
    ],
  },
  () => {
    expect(encodeClosePayload(1000, 'r'.repeat(123)).length, 'Code and 123 bytes').toBe(125);
    expect(encodeClosePayload(1000, `${'é'.repeat(61)}r`).length, 'Code, 61 é and a letter').toBe(125);
    expectRangeError('A reason of 124 letters', () => encodeClosePayload(1000, 'r'.repeat(124)));
    expectRangeError('A reason of 62 é, 124 bytes', () => encodeClosePayload(1000, 'é'.repeat(62)));
  },
);

check(
  'A message over its limit fails with 1009 as soon as that is certain',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The limit is on the message, so on all fragments together. When is it passed?',
      'Add up the lengths as fragments come, and compare before you keep the bytes: do not wait for FIN.',
    ],
  },
  () => {
    const limits = { maxMessageLength: 10 };
    expectFailure([frame('binary', '12345678901')], 1009, 'eleven bytes, ten allowed', limits);
    const frames = [
      frame('text', '12345', 'more'),
      frame('ping', 'these bytes are no part of the message'),
      frame('continuation', '67890', 'more'),
      frame('continuation', '1', 'more'),
    ];
    expectFailure(frames, 1009, 'the eleventh byte, ten allowed', limits);
    expectFailure([frame('binary', Buffer.alloc(1_048_577))], 1009, '1 MiB is the default limit');
  },
);

check(
  'A message as long as its limit is handed on, again and again',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Over the limit, or at it? And does the second message inherit the length of the first?',
      'The limit itself is allowed; the count starts at 0 with each message.',
    ],
  },
  () => {
    const limits = { maxMessageLength: 10, maxFragments: 3 };
    const message = fragments('text', ['12345', '678', '90']);
    const told = { text: '1234567890' };
    expectTold([...message, ...message, frame('text', '1234567890')], [told, told, told], limits);
    const listening = new Listening();
    listening.push([frame('binary', Buffer.alloc(1_048_576))]);
    expect(listening.told.length, 'A message of 1 MiB, the default limit').toBe(1);
  },
);

/** The first fragments of a message with no end. */
function endless(payload: string, count: number) {
  return fragments('binary', Array(count + 1).fill(payload)).slice(0, count);
}

check(
  'A message of too many fragments fails',
  {
    rfc: '6455 §10.4',
    hint: [
      'A thousand fragments of one byte are a short message. What do they cost you?',
      'Count the frames of the message, and fail with 1009 (or 1008) at the first over maxFragments.',
    ],
  },
  () => {
    const limits = { maxFragments: 3 };
    expectFailure(endless('x', 4), [1008, 1009], 'four fragments, three allowed', limits);
    expectFailure(endless('x', 1025), [1008, 1009], '1024 fragments is the default limit');
    const withPings = fragments('text', ['a', 'b', 'c']);
    withPings.splice(1, 0, frame('ping'), frame('ping'), frame('ping'));
    const pings = Array.from({ length: 3 }, () => ({ ping: '' }));
    expectTold(withPings, [...pings, { text: 'abc' }], limits);
  },
);

check(
  'Empty fragments count as fragments',
  {
    rfc: '6455 §10.4',
    hint: [
      'A message of a million empty fragments never gets too long. Does it ever end?',
      'Count every data frame of the message, whatever its length.',
    ],
  },
  () => {
    const limits = { maxFragments: 3 };
    expectFailure(endless('', 4), [1008, 1009], 'four empty fragments, three allowed', limits);
    expectTold(fragments('text', ['', '', 'abc']), [{ text: 'abc' }], limits);
  },
);

check(
  'A message of 32,768 fragments costs no more than its bytes',
  {
    rfc: '6455 §5.4',
    stretch: true,
    hint: [
      'How often is the first byte copied when you join after every fragment?',
      'Join once, at the end, or into a buffer that doubles: then each byte moves about twice in all.',
    ],
  },
  () => {
    const count = 32_768;
    const listening = new Listening({ maxFragments: count, maxMessageLength: 128 * count });
    const fragment = frame('continuation', Buffer.alloc(128), 'more');
    const start = performance.now();
    listening.push([frame('binary', fragment.payload, 'more')]);
    for (let sent = 2; sent < count; sent++) {
      listening.push([fragment]);
      // Joining after each would copy 68 GB. Once would be 4 MiB: some milliseconds.
      if (sent % 1024 > 0) continue;
      const seconds = (performance.now() - start) / 1000;
      expect(seconds, `Seconds for ${sent} fragments of 128 bytes`).toBeLessThan(1.5);
    }
    listening.push([{ ...fragment, fin: true }]);
    expect(listening.told.length, 'Messages told').toBe(1);
  },
);

check(
  'A small fragment does not keep a large chunk in memory',
  {
    rfc: '6455 §10.4',
    stretch: true,
    hint: [
      'A view of four bytes keeps alive all the bytes it is a view of.',
      'Copy the fragment into memory of the message’s own, and let go of the payload.',
    ],
  },
  () => {
    const listening = new Listening();
    const before = bufferBytes();
    listening.push([frame('binary', '', 'more')]);
    for (let count = 0; count < 500; count++) {
      const chunk = Buffer.alloc(64 * 1024);
      listening.push([{ ...frame('continuation', '', 'more'), payload: chunk.subarray(0, 4) }]);
    }
    const held = bufferBytes() - before;
    expect(held, 'Bytes held for a message of 2000 bytes').toBeLessThan(4 * 1024 * 1024);
    listening.push([frame('continuation')]);
    expect(listening.told.length, 'Messages after the last fragment').toBe(1);
  },
);
