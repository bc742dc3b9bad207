import { constants, inflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import { type FrameToSend, Opcode } from '#labs/03-frames';
import {
  acceptOffer,
  checkAnswer,
  type DeflateOptions,
  type DeflateParameters,
  Deflater,
  formatOffer,
  Inflater,
  type PermessageDeflate,
} from '#labs/07-compression';
import { check } from './support/check.ts';
import {
  bomb,
  compressedFrame,
  expectAccepted,
  expectBadExtension,
  expectMessages,
  expectRuleBroken,
  expectThrown,
  makeExtension,
  noise,
  PeerContext,
  parametersOf,
  plainParameters,
  prose,
} from './support/compression.ts';
import { expectPayload } from './support/frames.ts';
import { bufferBytes } from './support/memory.ts';
import { frame } from './support/messages.ts';

/** Forms that no offer and no answer may have (RFC 7692 §7.1). */
const illegal = {
  unknown: [
    'permessage-deflate; window_bits=10',
    'permessage-deflate; Server_no_context_takeover',
    'permessage-deflate; constructor',
  ],
  repeated: [
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; server_max_window_bits=10; server_max_window_bits=10',
    'permessage-deflate; client_max_window_bits; client_max_window_bits=10',
  ],
  badValue: [
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; server_no_context_takeover=true',
    'permessage-deflate; client_no_context_takeover=1',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=010',
    'permessage-deflate; server_max_window_bits=+10',
    'permessage-deflate; server_max_window_bits=1e1',
    'permessage-deflate; server_max_window_bits=10.0',
    'permessage-deflate; server_max_window_bits=0xa',
    'permessage-deflate; server_max_window_bits=ten',
    'permessage-deflate; client_max_window_bits=0',
    'permessage-deflate; client_max_window_bits=08',
    'permessage-deflate; client_max_window_bits=16',
  ],
};

/** Expects each offer to be declined, and the plain one after it to be accepted. */
function expectDeclined(offers: readonly string[]): void {
  for (const offer of offers) {
    expect(acceptOffer(offer), `acceptOffer of "${offer}"`).toBeUndefined();
    const answer = acceptOffer(`${offer}, permessage-deflate`);
    expect(answer?.parameters, `A plain offer after "${offer}"`).toEqual(plainParameters);
  }
}

check(
  'A client offers permessage-deflate, and says that its window can be limited',
  {
    rfc: '7692 §7.1',
    hint: [
      'A name and parameters: how are they separated?',
      'Join them with "; ". client_max_window_bits is always there, with a value only if one is wanted.',
    ],
  },
  () => {
    expect(parametersOf(formatOffer()), 'The parameters offered by default').toEqual({
      client_max_window_bits: '',
    });
    const cases: [DeflateOptions, Record<string, string>][] = [
      [{ serverNoContextTakeover: true }, { server_no_context_takeover: '', client_max_window_bits: '' }],
      [{ clientNoContextTakeover: true }, { client_no_context_takeover: '', client_max_window_bits: '' }],
      [{ serverMaxWindowBits: 9 }, { server_max_window_bits: '9', client_max_window_bits: '' }],
      [{ clientMaxWindowBits: 12 }, { client_max_window_bits: '12' }],
      [
        { serverNoContextTakeover: false, serverMaxWindowBits: 8, clientMaxWindowBits: 15 },
        { server_max_window_bits: '8', client_max_window_bits: '15' },
      ],
    ];
    for (const [options, expected] of cases) {
      expect(parametersOf(formatOffer(options)), `The offer for ${JSON.stringify(options)}`).toEqual(
        expected,
      );
    }
  },
);

check(
  'A window has 8 to 15 bits: other options are a RangeError',
  {
    rfc: '7692 §7.1.2',
    hint: [
      'What is a window of 2^16 bytes to DEFLATE?',
      'Check the options of formatOffer and acceptOffer first.',
    ],
  },
  () => {
    for (const bits of [7, 16, 0, -9, 9.5, Number.NaN]) {
      for (const options of [{ serverMaxWindowBits: bits }, { clientMaxWindowBits: bits }]) {
        const what = JSON.stringify(options);
        expectThrown(`formatOffer(${what})`, RangeError, () => formatOffer(options));
        expectThrown(`acceptOffer(…, ${what})`, RangeError, () => acceptOffer('permessage-deflate', options));
      }
    }
  },
);

check(
  'A plain offer is accepted, and anything else is not compression',
  {
    rfc: '7692 §7',
    hint: [
      'Which name must an element of the header have?',
      'Go through the elements. None is called permessage-deflate: undefined, and the connection stays uncompressed.',
    ],
  },
  () => {
    expectAccepted('permessage-deflate', undefined, plainParameters);
    expectAccepted('permessage-deflate; client_max_window_bits', {}, plainParameters);
    for (const header of [
      '',
      'x-webkit-deflate-frame',
      'permessage-bzip2; level=9, foo',
      'Xpermessage-deflate',
    ]) {
      expect(acceptOffer(header), `acceptOffer of "${header}"`).toBeUndefined();
    }
  },
);

check(
  'What a client asks of the server, an answer that accepts grants',
  {
    rfc: '7692 §7.1.1.1',
    hint: [
      'The client limits the server. How does the answer show that the server keeps to it?',
      'By the same parameter: server_no_context_takeover, and server_max_window_bits with the same or a smaller number.',
    ],
  },
  () => {
    expectAccepted('permessage-deflate; server_no_context_takeover', undefined, {
      serverNoContextTakeover: true,
      serverMaxWindowBits: 15,
    });
    for (let bits = 8; bits <= 15; bits++) {
      expectAccepted(`permessage-deflate; server_max_window_bits=${bits}`, undefined, {
        serverMaxWindowBits: bits,
      });
    }
    expectAccepted(
      'permessage-deflate; server_max_window_bits=12',
      { serverMaxWindowBits: 10 },
      { serverMaxWindowBits: 10 },
    );
    expectAccepted(
      'permessage-deflate; server_max_window_bits=10',
      { serverMaxWindowBits: 12 },
      { serverMaxWindowBits: 10 },
    );
  },
);

check(
  "The server's own wishes are in its answer",
  {
    rfc: '7692 §7.1',
    hint: [
      'Three of the four parameters may be in an answer to an offer that lacks them. Which is the fourth?',
      'client_max_window_bits needs to be offered. The number is the smaller of the one offered and yours.',
    ],
  },
  () => {
    const offer = 'permessage-deflate; client_max_window_bits';
    expectAccepted(
      'permessage-deflate',
      { serverNoContextTakeover: true },
      { serverNoContextTakeover: true },
    );
    expectAccepted(
      'permessage-deflate',
      { clientNoContextTakeover: true },
      { clientNoContextTakeover: true },
    );
    expectAccepted('permessage-deflate', { serverMaxWindowBits: 9 }, { serverMaxWindowBits: 9 });
    expectAccepted(offer, { clientMaxWindowBits: 9 }, { clientMaxWindowBits: 9 });
    expectAccepted(`${offer}=12`, { clientMaxWindowBits: 9 }, { clientMaxWindowBits: 9 });
    expectAccepted(`${offer}=9`, { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 9 });
    expectAccepted(
      offer,
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 11,
      },
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 11,
      },
    );
  },
);

check(
  'What a client says of itself may be taken up, never contradicted',
  {
    rfc: '7692 §7.1.1.2',
    hint: [
      'client_no_context_takeover in an offer is a hint. What does the server gain by answering it?',
      'It need not keep a window then. Name it in the answer, and the number of client_max_window_bits as well.',
    ],
  },
  () => {
    expectAccepted('permessage-deflate; client_no_context_takeover', undefined, {
      serverNoContextTakeover: false,
    });
    for (let bits = 8; bits <= 15; bits++) {
      expectAccepted(`permessage-deflate; client_max_window_bits=${bits}`, undefined, {
        serverMaxWindowBits: 15,
      });
    }
  },
);

check(
  'A client that cannot be limited is not limited: the offer is declined',
  {
    rfc: '7692 §7.1.2.2',
    hint: [
      'You want clientMaxWindowBits: 10, and the offer lacks client_max_window_bits. May you answer with it?',
      'No. Without the limit it would be another configuration than yours: decline, and look at the next offer.',
    ],
  },
  () => {
    const options = { clientMaxWindowBits: 10 };
    expect(
      acceptOffer('permessage-deflate', options),
      'A plain offer to a server that wants 10 bits',
    ).toBeUndefined();
    const two = acceptOffer('permessage-deflate, permessage-deflate; client_max_window_bits', options);
    expect(
      two?.parameters.clientMaxWindowBits,
      'The bits agreed on, when the second offer can be limited',
    ).toBe(10);
    expectAccepted('permessage-deflate', { clientMaxWindowBits: 15 }, { clientMaxWindowBits: 15 });
  },
);

check(
  'An offer with a parameter that has a bad value is declined',
  {
    rfc: '7692 §7.1.2',
    hint: [
      'Which of the four parameters has a value, and what does a legal one look like?',
      'The number is 8 to 15, with no sign and no leading zero. The two no_context_takeover have none. client_max_window_bits may have one in an offer.',
    ],
  },
  () => expectDeclined(illegal.badValue),
);

check(
  'An offer with a parameter that is unknown is declined',
  {
    rfc: '7692 §7.1',
    hint: [
      'A later version of the extension may have a fifth parameter. What would you agree to if you passed over it?',
      'You cannot know. Four names are known, in lower case; decline an offer with any other.',
    ],
  },
  () => expectDeclined(illegal.unknown),
);

check(
  'An offer in which a parameter comes twice is declined',
  {
    rfc: '7692 §7.1',
    hint: [
      'Which of the two would count?',
      'Neither: count the names before you put them into a Map or an object.',
    ],
  },
  () => expectDeclined(illegal.repeated),
);

check(
  'Of several offers the first that can be accepted is',
  {
    rfc: '7692 §5',
    hint: [
      'In which order does a client list its offers?',
      'The most wanted first. Answer the first you can accept, and only that.',
    ],
  },
  () => {
    const first =
      'foo, permessage-deflate; server_max_window_bits=10; client_max_window_bits, permessage-deflate';
    const accepted = acceptOffer(first);
    expect(accepted?.parameters.serverMaxWindowBits, `server_max_window_bits agreed on for "${first}"`).toBe(
      10,
    );
    expect(parametersOf(accepted?.answer ?? ''), 'The answer: one element').toMatchObject({
      server_max_window_bits: '10',
    });
    const spaced =
      ' permessage-deflate ;server_max_window_bits = "9";\tclient_max_window_bits ,, permessage-deflate';
    expect(
      acceptOffer(spaced)?.parameters.serverMaxWindowBits,
      `server_max_window_bits for "${spaced}"`,
    ).toBe(9);
  },
);

check(
  'A header that is malformed is a SyntaxError: the handshake must fail',
  {
    rfc: '6455 §9.1',
    hint: [
      'An illegal parameter declines an offer. And a header that is not even of the form?',
      'parseExtensions, which is given, throws the SyntaxError. Let it pass.',
    ],
  },
  () => {
    for (const header of [
      'permessage-deflate;',
      'permessage-deflate;; server_no_context_takeover',
      'permessage-deflate; server_max_window_bits=',
      'permessage-deflate; server_max_window_bits="10',
      'permessage-deflate; server_max_window_bits="10,11"',
      'permessage-deflate server_no_context_takeover',
      'permessage-deflate=1',
      'permessage-deflate, @',
      '; permessage-deflate',
    ]) {
      expectThrown(`acceptOffer of ${JSON.stringify(header)}`, SyntaxError, () => acceptOffer(header));
    }
  },
);

check(
  'The client learns from the answer what was agreed on',
  {
    rfc: '7692 §7.1',
    hint: [
      'What does it mean when a parameter is not in the answer?',
      'Context is kept, and the window has 15 bits, unless the client itself offered less for its own.',
    ],
  },
  () => {
    const cases: [offer: string, answer: string, Partial<DeflateParameters>][] = [
      ['', '', plainParameters],
      ['; client_max_window_bits', '', plainParameters],
      ['', '; server_no_context_takeover', { serverNoContextTakeover: true }],
      ['', '; client_no_context_takeover', { clientNoContextTakeover: true }],
      ['', '; server_max_window_bits=8', { serverMaxWindowBits: 8 }],
      ['', '; server_max_window_bits="11"', { serverMaxWindowBits: 11 }],
      ['; server_max_window_bits=10', '; server_max_window_bits=10', { serverMaxWindowBits: 10 }],
      ['; server_max_window_bits=10', '; server_max_window_bits=9', { serverMaxWindowBits: 9 }],
      ['; client_max_window_bits', '; client_max_window_bits=8', { clientMaxWindowBits: 8 }],
      ['; client_max_window_bits=12', '; client_max_window_bits=12', { clientMaxWindowBits: 12 }],
      ['; client_max_window_bits=12', '; client_max_window_bits=9', { clientMaxWindowBits: 9 }],
      ['; client_max_window_bits=12', '', { clientMaxWindowBits: 12 }],
      ['; client_no_context_takeover', '', { clientNoContextTakeover: true }],
      ['; server_max_window_bits=9, permessage-deflate', '', { serverMaxWindowBits: 15 }],
    ];
    for (const [offered, answered, expected] of cases) {
      const [offer, answer] = [`permessage-deflate${offered}`, `permessage-deflate${answered}`];
      expect(checkAnswer(offer, answer), `The parameters of "${answer}" to "${offer}"`).toMatchObject(
        expected,
      );
    }
    expect(checkAnswer('permessage-deflate', ''), 'No answer').toBeUndefined();
    expect(checkAnswer('permessage-deflate, foo', 'foo'), 'Only another extension').toBeUndefined();
  },
);

check(
  'An answer that does not fit the offer fails the connection',
  {
    rfc: '7692 §7.1',
    hint: [
      'What may a server not do: leave out what you asked, or add what you did not offer?',
      'Both. And every illegal form is illegal in an answer too, client_max_window_bits without a number besides.',
    ],
  },
  () => {
    const all = 'permessage-deflate; client_max_window_bits';
    for (const answer of [
      ...Object.values(illegal).flat(),
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate;',
    ]) {
      expectBadExtension(`The answer "${answer}" to "${all}"`, () => checkAnswer(all, answer));
    }
    const misfits: [offer: string, answer: string][] = [
      ['permessage-deflate', 'permessage-deflate; client_max_window_bits=10'],
      ['permessage-deflate; server_no_context_takeover', 'permessage-deflate'],
      ['permessage-deflate; server_max_window_bits=10', 'permessage-deflate'],
      ['permessage-deflate; server_max_window_bits=10', 'permessage-deflate; server_max_window_bits=11'],
      [all, 'permessage-deflate, permessage-deflate'],
      ['foo', 'permessage-deflate'],
    ];
    for (const [offer, answer] of misfits) {
      expectBadExtension(`The answer "${answer}" to "${offer}"`, () => checkAnswer(offer, answer));
    }
  },
);

check(
  'The compressed examples of the RFC are read',
  {
    rfc: '7692 §7.2.3',
    hint: [
      'What was taken off the end of every compressed message, and must be put back?',
      'The four bytes 00 00 ff ff. Then inflateRawSync; the stream is not at its end, so finishFlush is Z_SYNC_FLUSH, or you add a last block of your own.',
    ],
  },
  () => {
    const examples: [what: string, hex: string][] = [
      ['one DEFLATE block (§7.2.3.1)', 'f248cdc9c90700'],
      ['a block with no compression (§7.2.3.3)', '000500faff48656c6c6f00'],
      ['two blocks (§7.2.3.5)', 'f24805000000ffffcac9c90700'],
    ];
    for (const [what, hex] of examples) {
      for (const kind of ['text', 'binary'] as const) {
        const extension = makeExtension();
        const received = extension.receive(compressedFrame(hex, undefined, kind));
        expect(received?.payload.toString(), `"Hello" as ${what}`).toBe('Hello');
        expect({ ...received, payload: '' }, `The frame handed on for ${what}`).toEqual({
          ...frame(kind),
          payload: '',
        });
      }
    }
  },
);

check(
  'A block with BFINAL set ends nothing: what follows belongs to the message',
  {
    rfc: '7692 §7.2.3.4',
    hint: [
      'zlib stops at a block with BFINAL 1. How do you learn how far it read?',
      'With `info: true` inflateRawSync returns { buffer, engine }; engine.bytesWritten bytes were read. Inflate the rest, with what came out so far as its context.',
    ],
  },
  () => {
    expectMessages(makeExtension(), [compressedFrame('f348cdc9c9070000')], ['text Hello']);
    // "Hello" in a last block, then a stored block " world": f3 48 cd c9 c9 07 00 | 00 06 00 f9 ff " world" | 00
    const more = 'f348cdc9c90700000600f9ff20776f726c6400';
    expectMessages(makeExtension(), [compressedFrame(more)], ['text Hello world']);
    // The next message may refer to it: a match of five bytes, eleven back, in a block with BFINAL 1.
    const peer = new PeerContext();
    peer.deflate('Hello world');
    expectMessages(
      makeExtension(),
      [compressedFrame(more), compressedFrame(peer.deflate('Hello world'))],
      ['text Hello world', 'text Hello world'],
    );
  },
);

check(
  'An empty message can be compressed: one byte, 00',
  {
    rfc: '7692 §7.2.3.6',
    hint: [
      'Put the four bytes behind it. What is 00 00 00 ff ff?',
      'A block with no compression and no bytes. The message is empty, and a message all the same.',
    ],
  },
  () => {
    expectMessages(makeExtension(), [compressedFrame('00')], ['text ']);
    expectMessages(
      makeExtension(),
      [compressedFrame('f248cdc9c90700'), compressedFrame('00'), compressedFrame('f200110000')],
      ['text Hello', 'text ', 'text Hello'],
    );
    const sent = makeExtension({ threshold: 0 }).send({ opcode: Opcode.Text, payload: Buffer.alloc(0) });
    const expected = sent.rsv1 ? new PeerContext().inflate(sent.payload) : sent.payload;
    expect(expected.length, 'Bytes of an empty message that was sent').toBe(0);
  },
);

check(
  'A message may refer to the ones before it, 32 KiB back',
  {
    rfc: '7692 §7.1.1',
    hint: [
      'The same "Hello" a second time is f2 00 11 00 00: "copy five bytes from five bytes back". Back in what?',
      'In the messages before. Keep the last 2^bits bytes that came out, and give them to inflateRawSync as its dictionary.',
    ],
  },
  () => {
    expectMessages(
      makeExtension(),
      [compressedFrame('f248cdc9c90700'), compressedFrame('f200110000'), compressedFrame('f200110000')],
      ['text Hello', 'text Hello', 'text Hello'],
    );
    for (const role of ['server', 'client'] as const) {
      const peer = new PeerContext();
      const extension = makeExtension({ role });
      for (let round = 0; round < 30; round++) {
        // Some far back, some longer than the window, some of one byte.
        const message =
          round % 7 === 6
            ? prose(40_000, round)
            : Buffer.concat([noise(900, round % 20), prose(round + 1, round)]);
        const received = extension.receive(compressedFrame(peer.deflate(message), undefined, 'binary'));
        expectPayload(`Message ${round} to a ${role}`, received?.payload ?? Buffer.alloc(0), message);
      }
    }
  },
);

check(
  'A message that pays is sent with RSV1 set, and without its last four bytes',
  {
    rfc: '7692 §7.2.1',
    hint: [
      'How does a message end that zlib flushed, and is not finished?',
      'deflateRawSync with finishFlush Z_SYNC_FLUSH ends in 00 00 ff ff. Cut that off, and set rsv1.',
    ],
  },
  () => {
    for (const [kind, opcode] of Object.entries({ text: Opcode.Text, binary: Opcode.Binary })) {
      const message = prose(3000);
      const sent = makeExtension().send({ opcode, payload: message });
      expect(sent.rsv1, `RSV1 of a ${kind} message of 3,000 bytes`).toBe(true);
      expect(sent.opcode, `The opcode of a ${kind} message`).toBe(opcode);
      expect(sent.fin ?? true, 'FIN').toBe(true);
      expect(Buffer.from(sent.payload.subarray(-4)).toString('hex'), 'The last four bytes').not.toBe(
        '0000ffff',
      );
      expect(sent.payload.length, 'Bytes on the wire').toBeLessThan(1500);
      const whole = Buffer.concat([sent.payload, Buffer.from('0000ffff', 'hex')]);
      expectPayload(
        'The message, inflated by zlib',
        inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }),
        message,
      );
    }
  },
);

check(
  'Short messages and incompressible ones are sent as they are',
  {
    rfc: '7692 §6',
    hint: [
      'When is compressing not worth it?',
      'Below the threshold, and when nothing is gained: the frame stays as it is.',
    ],
  },
  () => {
    const extension = makeExtension({ threshold: 100 });
    const frames: [what: string, FrameToSend][] = [
      ['99 bytes under a threshold of 100', { opcode: Opcode.Text, payload: prose(99) }],
      ['bytes that do not compress', { opcode: Opcode.Binary, payload: noise(5000) }],
    ];
    for (const [what, given] of frames) expectAsItIs(extension, what, given);
    const atThreshold = extension.send({ opcode: Opcode.Text, payload: Buffer.alloc(100, 'x') });
    expect(atThreshold.rsv1, 'RSV1 of 100 bytes, with a threshold of 100').toBe(true);
    const byDefault = makeExtension({ threshold: undefined });
    const lengths = [1023, 1024].map(
      (length) => byDefault.send({ opcode: Opcode.Text, payload: prose(length) }).rsv1 ?? false,
    );
    expect(lengths, 'RSV1 of 1,023 and 1,024 bytes, by default').toEqual([false, true]);
  },
);

check(
  'Control frames are never compressed',
  {
    rfc: '7692 §6',
    hint: [
      'A ping of 125 equal bytes would shrink well. May it?',
      'Compression is for messages only: look at the opcode before the length.',
    ],
  },
  () => {
    const frames: [what: string, FrameToSend][] = [
      ['a ping', { opcode: Opcode.Ping, payload: Buffer.alloc(125) }],
      ['a pong', { opcode: Opcode.Pong, payload: Buffer.alloc(125) }],
      [
        'a Close frame',
        { opcode: Opcode.Close, payload: Buffer.concat([Buffer.of(3, 232), Buffer.alloc(120, 'x')]) },
      ],
    ];
    for (const [what, given] of frames) expectAsItIs(makeExtension({ threshold: 100 }), what, given);
  },
);

function expectAsItIs(extension: PermessageDeflate, what: string, given: FrameToSend): void {
  const sent = extension.send(given);
  expect(sent.rsv1 ?? false, `RSV1 of ${what}`).toBe(false);
  expectPayload(what, Buffer.from(sent.payload), Buffer.from(given.payload));
}

check(
  'With context takeover a message refers to those before it, without it never',
  {
    rfc: '7692 §7.1.1',
    hint: [
      'Whose window is it: which of the parameters is for what this side sends, and which for what it receives?',
      'A server sends by the server_ parameters and receives by the client_ ones; a client the other way round.',
    ],
  },
  () => {
    const message = prose(2000);
    for (const role of ['server', 'client'] as const) {
      for (const sender of ['server', 'client'] as const) {
        const parameters = { ...plainParameters, [`${sender}NoContextTakeover`]: true };
        const extension = makeExtension({ role, parameters });
        expect(extension.parameters, 'parameters').toEqual(parameters);
        const takeover = sender !== role;
        const peer = new PeerContext({ takeover });
        const what = `A ${role}, ${sender}_no_context_takeover agreed on`;
        const lengths = [1, 2, 3].map((round) => {
          const sent = extension.send({ opcode: Opcode.Binary, payload: message });
          expectPayload(`${what}: message ${round}`, peer.inflate(sent.payload), message);
          return sent.payload.length;
        });
        const says = `${what}: the second, as long as the first`;
        if (takeover) expect(lengths[1], says).toBeLessThan(lengths[0] / 2);
        else expect(lengths[1], says).toBeGreaterThan(lengths[0] / 2);
      }
    }
  },
);

check(
  'What was sent uncompressed is no context',
  {
    rfc: '7692 §7.2.1',
    hint: [
      'You deflate a message, see that nothing is gained, and send it plain. What does the peer’s window hold now?',
      'Not that message. Move your window on only by messages that were sent compressed.',
    ],
  },
  () => {
    const extension = makeExtension({ threshold: 500 });
    const peer = new PeerContext();
    const random = noise(2000);
    const messages = [
      prose(1000),
      random,
      prose(400),
      Buffer.concat([random, prose(1500, 7)]),
      prose(1000),
      random,
    ];
    for (const [index, message] of messages.entries()) {
      const sent = extension.send({ opcode: Opcode.Binary, payload: message });
      const received = sent.rsv1 ? peer.inflate(sent.payload) : Buffer.from(sent.payload);
      expectPayload(`Message ${index} as the peer reads it`, received, message);
    }
  },
);

check(
  'An uncompressed message that is received is no context',
  {
    rfc: '7692 §7.2.2',
    hint: [
      'Which messages go through the peer’s window: all, or only those with RSV1?',
      'Only those. What comes without RSV1 is handed on and leaves no trace.',
    ],
  },
  () => {
    const plain = { ...frame('text', 'Hello world, Hello world'), rsv1: false };
    expectMessages(
      makeExtension(),
      [compressedFrame('f248cdc9c90700'), plain, compressedFrame('f200110000')],
      ['text Hello', 'text Hello world, Hello world', 'text Hello'],
    );
  },
);

check(
  'The window is no larger than agreed',
  {
    rfc: '7692 §7.1.2',
    hint: [
      'server_max_window_bits=9: how far back may a message of the server refer?',
      'Give windowBits to deflateRawSync. zlib makes no raw stream of 8 bits: with 9 it looks back no further than 250 bytes.',
    ],
  },
  () => {
    for (let bits = 8; bits <= 15; bits++) {
      for (const takeover of [true, false]) {
        const parameters = {
          ...plainParameters,
          serverMaxWindowBits: bits,
          serverNoContextTakeover: !takeover,
        };
        const extension = makeExtension({ role: 'server', parameters });
        const peer = new PeerContext({ bits, takeover });
        // A run of noise comes back, from within the window and from beyond it.
        for (const windows of [0.4, 0.9, 1.5, 2.5]) {
          const distance = Math.round(windows * 2 ** bits);
          const repeated = noise(100, distance);
          const message = Buffer.concat([repeated, prose(distance, distance), repeated]);
          const sent = extension.send({ opcode: Opcode.Binary, payload: message });
          if (sent.rsv1)
            expectInflated(peer, sent.payload, message, `${bits} bits, a distance of ${distance}`);
        }
      }
    }
  },
);

function expectInflated(peer: PeerContext, payload: Uint8Array, message: Buffer, what: string): void {
  let inflated: Buffer;
  try {
    inflated = peer.inflate(payload);
  } catch (error) {
    throw new Error(`With ${what}, the peer cannot inflate: ${(error as Error).message}`);
  }
  expectPayload(`With ${what}`, inflated, message);
}

check(
  'RSV1 belongs to the first frame of a message only',
  {
    rfc: '7692 §6',
    hint: [
      'What does RSV1 say, and of what?',
      '"This message is compressed", on its first frame. On a control frame or a continuation it breaks a rule: 1002.',
    ],
  },
  () => {
    const rsv1 = (kind: 'continuation' | 'close' | 'ping' | 'pong') => ({ ...frame(kind, 'x'), rsv1: true });
    for (const kind of ['close', 'ping', 'pong'] as const) {
      expectRuleBroken(`RSV1 on a ${kind}`, [1002], () => makeExtension().receive(rsv1(kind)));
    }
    for (const first of [compressedFrame('f248', 'more'), frame('text', 'Hel', 'more')]) {
      const extension = makeExtension();
      extension.receive(first);
      const what = `RSV1 on a continuation of ${first.rsv1 ? 'a compressed' : 'an uncompressed'} message`;
      expectRuleBroken(what, [1002], () => extension.receive(rsv1('continuation')));
    }
  },
);

check(
  'A compressed message may be cut anywhere, with control frames in between',
  {
    rfc: '7692 §6',
    hint: [
      'Fragments are cut anywhere: in the middle of a DEFLATE block as well. When can you inflate?',
      'Collect them, and inflate once the last has come. Control frames are handed on at once.',
    ],
  },
  () => {
    const payload = Buffer.from('f248cdc9c90700', 'hex');
    for (let cut = 0; cut <= payload.length; cut++) {
      for (let second = cut; second <= payload.length; second++) {
        const extension = makeExtension();
        const ping = frame('ping', 'p');
        expectMessages(
          extension,
          [
            compressedFrame(payload.subarray(0, cut), 'more'),
            ping,
            frame('continuation', payload.subarray(cut, second), 'more'),
            frame('pong', ''),
            frame('continuation', payload.subarray(second)),
            compressedFrame('f200110000'),
          ],
          ['opcode 9 p', 'opcode 10 ', 'text Hello', 'text Hello'],
        );
      }
    }
  },
);

check(
  'Uncompressed messages pass as they are, whole or in fragments',
  {
    rfc: '7692 §6',
    hint: [
      'Both sides agreed on compression. Is every message compressed now?',
      'No: the sender chooses for each, by RSV1. Hand on the frames of the others untouched, one by one.',
    ],
  },
  () => {
    const extension = makeExtension();
    const frames = [
      frame('text', 'whole'),
      frame('binary', 'a', 'more'),
      frame('ping', 'p'),
      frame('continuation', 'b', 'more'),
      frame('continuation', 'c'),
      frame('continuation', 'stray, for the assembler to judge'),
      frame('close', ''),
    ];
    for (const given of frames) {
      expect(extension.receive({ ...given }), `What comes of the frame with opcode ${given.opcode}`).toEqual(
        given,
      );
    }
  },
);

check(
  'A message that begins before the compressed one has ended breaks a rule',
  {
    rfc: '6455 §5.4',
    hint: [
      'The assembler of lab 05 has not seen the fragments you hold. Who notices that one is missing its end?',
      'You: a text or binary frame while a compressed message is unfinished is 1002.',
    ],
  },
  () => {
    for (const next of [frame('text', 'x'), compressedFrame('00'), frame('binary', '', 'more')]) {
      const extension = makeExtension();
      extension.receive(compressedFrame('f248', 'more'));
      expectRuleBroken('A second message before the last fragment of the first', [1002], () =>
        extension.receive(next),
      );
    }
  },
);

check(
  'A message over the limit stops while it is inflated, not after',
  {
    rfc: '6455 §10.4',
    hint: [
      'A megabyte can inflate to a gigabyte. At which byte do you notice?',
      'At the first beyond the limit: maxOutputLength of inflateRawSync. Its error becomes a ProtocolError 1009.',
    ],
  },
  () => {
    const limit = 100_000;
    for (const [length, fits] of [
      [limit, true],
      [limit + 1, false],
    ] as const) {
      const extension = makeExtension({ maxMessageLength: limit });
      const payload = new PeerContext().deflate(Buffer.alloc(length));
      const receive = () => extension.receive(compressedFrame(payload, undefined, 'binary'));
      if (fits) expect(receive()?.payload.length, 'Bytes of a message as long as the limit').toBe(limit);
      else expectRuleBroken('One byte over the limit', [1009], receive);
    }
    const zeros = bomb(25);
    const extension = makeExtension({ maxMessageLength: limit });
    bufferBytes();
    const before = bufferBytes();
    expectRuleBroken(`${zeros.length} bytes that inflate to 25 MB, limit 100,000`, [1009], () =>
      extension.receive(compressedFrame(zeros)),
    );
    const taken = process.memoryUsage().arrayBuffers - before;
    expect(taken, 'Bytes of buffers that inflating took until 1009').toBeLessThan(5_000_000);
  },
);

/** Microseconds of CPU. */
function cpuTime(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

check(
  'Blocks with BFINAL share one limit',
  {
    rfc: '6455 §10.4',
    hint: [
      'Each block with BFINAL is inflated by a call of its own. Is the limit that of a call, or of the message?',
      'Of the message: subtract what has come out so far.',
    ],
  },
  () => {
    const limit = 1000;
    // Stored, BFINAL 1: 600 bytes.
    const block = Buffer.concat([Buffer.of(0x01, 0x58, 0x02, 0xa7, 0xfd), Buffer.alloc(600, 'x')]);
    const once = makeExtension({ maxMessageLength: limit });
    expectMessages(
      once,
      [compressedFrame(Buffer.concat([block, Buffer.of(0)]))],
      [`text ${'x'.repeat(600)}`],
    );
    const inflater = new Inflater({ windowBits: 15, noContextTakeover: false, maxLength: limit });
    const twice = Buffer.concat([block, block, Buffer.of(0)]);
    expectRuleBroken('Two blocks of 600 bytes, limit 1,000', [1009], () => inflater.inflate(twice));
  },
);

check(
  'Fragments that wait to be inflated are limited too',
  {
    rfc: '6455 §10.4',
    hint: [
      'A peer sends fragment after fragment and never the last. What grows?',
      'What you keep. Count its bytes and its frames, and fail with 1009 over maxMessageLength or maxFragments.',
    ],
  },
  () => {
    const bytes = makeExtension({ maxMessageLength: 1000 });
    bytes.receive(compressedFrame(noise(600), 'more'));
    expectRuleBroken('1,200 compressed bytes with more to come, limit 1,000', [1008, 1009], () =>
      bytes.receive(frame('continuation', noise(600), 'more')),
    );
    const frames = makeExtension({ maxFragments: 3 });
    frames.receive(compressedFrame('f2', 'more'));
    frames.receive(frame('continuation', '', 'more'));
    frames.receive(frame('continuation', '', 'more'));
    expectRuleBroken('A fourth fragment, limit 3', [1008, 1009], () =>
      frames.receive(frame('continuation', '', 'more')),
    );
    const next = makeExtension({ maxFragments: 2, maxMessageLength: 10 });
    for (let round = 0; round < 4; round++) {
      next.receive(compressedFrame('f248', 'more'));
      next.receive(frame('continuation', Buffer.from('cdc9c90700', 'hex')));
    }
  },
);

check(
  'Data that is not DEFLATE fails with 1007',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'inflateRawSync throws. What should leave your method?',
      'A ProtocolError 1007, data that is not what it says it is. An error of zlib must not end the process.',
    ],
  },
  () => {
    const bad: [what: string, hex: string][] = [
      ['a block of a type that does not exist', 'ffffffff'],
      ['a stored block whose lengths disagree', '000500000048656c6c6f00'],
      ['a match further back than anything that came', 'f200110000'],
      ['noise', noise(200, 5).toString('hex')],
    ];
    for (const [what, hex] of bad) {
      expectRuleBroken(`A message with ${what}`, [1007], () => makeExtension().receive(compressedFrame(hex)));
    }
  },
);

check(
  'What the application does with a message afterwards disturbs nothing',
  {
    rfc: '7692 §7.1.1',
    hint: [
      'Who else holds the bytes of your window?',
      'The application, if you keep the very buffer it gave or got. Copy what you keep.',
    ],
  },
  () => {
    const extension = makeExtension();
    const [peerOut, peerIn] = [new PeerContext(), new PeerContext()];
    for (let round = 0; round < 3; round++) {
      const payload = prose(2000);
      const sent = extension.send({ opcode: Opcode.Binary, payload });
      payload.fill(0);
      expectPayload(`Message ${round} sent`, peerIn.inflate(sent.payload), prose(2000));
      const received = extension.receive(compressedFrame(peerOut.deflate(prose(2000)), undefined, 'binary'));
      expectPayload(`Message ${round} received`, received?.payload ?? Buffer.alloc(0), prose(2000));
      received?.payload.fill(0);
    }
  },
);

check(
  'Deflater and Inflater stand alone: one message for many, one direction of a capture',
  {
    rfc: '7692 §7.2',
    hint: [
      'What does deflate return when nothing is gained?',
      'undefined. Its window moves on only when it returned a payload.',
    ],
  },
  () => {
    const context = { windowBits: 10, noContextTakeover: false };
    const [deflater, inflater] = [new Deflater(context), new Inflater({ ...context, maxLength: 5000 })];
    for (const message of [prose(3000), noise(100), prose(3000), prose(10), prose(500, 3)]) {
      const payload = deflater.deflate(message);
      if (payload) expectPayload('What was deflated', inflater.inflate(payload), message);
      else
        expect(message.length, 'Bytes of a message for which deflate returns undefined').toBeLessThanOrEqual(
          100,
        );
    }
    const forAll = new Deflater({ windowBits: 15, noContextTakeover: true });
    const [first, second] = [forAll.deflate(prose(3000)), forAll.deflate(prose(3000))];
    expect(second?.toString('hex'), 'The same message a second time, without takeover').toBe(
      first?.toString('hex'),
    );
  },
);

check(
  'A message that was cut short is refused, not handed on in part',
  {
    rfc: '7692 §7.2.2',
    stretch: true,
    hint: [
      'With Z_SYNC_FLUSH zlib returns what there is, and does not say that more was to come. How could it know?',
      'Append a last block of your own, 01 00 00 ff ff, and leave finishFlush alone: now data that stops early is an error.',
    ],
  },
  () => {
    const payload = new PeerContext().deflate(prose(3000));
    for (const kept of [1, 10, payload.length >> 1, payload.length - 20]) {
      expectRuleBroken(`${kept} bytes of ${payload.length}`, [1007], () =>
        makeExtension().receive(compressedFrame(payload.subarray(0, kept))),
      );
    }
  },
);

check(
  'A connection that rests holds its windows and little more',
  {
    rfc: '6455 §10.4',
    stretch: true,
    hint: [
      'How large is the memory behind a Buffer that zlib returned, and who keeps it?',
      'A chunk of 16 KiB, kept by whoever holds a part of it. Copy the few bytes you keep or hand on.',
    ],
  },
  () => {
    const count = 300;
    const payload = new PeerContext().deflate(prose(300));
    const before = bufferBytes();
    const kept: unknown[] = [];
    for (let index = 0; index < count; index++) {
      const extension: PermessageDeflate = makeExtension();
      extension.send({ opcode: Opcode.Text, payload: prose(300) });
      kept.push(extension, extension.receive(compressedFrame(payload)));
    }
    // Memory is swept beside the program: at the second look it is gone.
    const each = (Math.min(bufferBytes(), bufferBytes()) - before) / count;
    expect(kept.length, 'Extensions and messages kept').toBe(2 * count);
    expect(
      each,
      'Bytes of buffers a connection, after a message of 300 bytes each way, which is kept',
    ).toBeLessThan(6_000);
  },
);

check(
  'A megabyte of empty blocks with BFINAL does not hold up the process',
  {
    rfc: '6455 §10.4',
    stretch: true,
    hint: [
      'An empty block with BFINAL is two bytes. What does each cost you?',
      'A call of zlib. Allow as many as fragments, then fail.',
    ],
  },
  () => {
    const empties = Buffer.concat([Buffer.alloc(1_000_000, '0300', 'hex'), Buffer.of(0)]);
    const time = cpuTime(() => {
      expectRuleBroken('500,000 empty blocks with BFINAL', [1002, 1007, 1008, 1009], () =>
        makeExtension().receive(compressedFrame(empties)),
      );
    });
    expect(time, 'CPU time in µs').toBeLessThan(1_500_000);
  },
);
