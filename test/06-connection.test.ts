import { afterEach, expect, vi } from 'vitest';
import { encodeFrame, Opcode, ProtocolError } from '#labs/03-frames';
import { type Extension, ReadyState } from '#labs/06-connection';
import { check } from './support/check.ts';
import { expectFrames } from './support/expect-bytes.ts';
import { expectRangeError } from './support/messages.ts';
import { splits } from './support/splits.ts';
import { closePayload, exampleKey, turns, until, Wire } from './support/wire.ts';

/** Closing has timeouts; only these are virtual, so that the event loop turns as ever. */
function useVirtualTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

afterEach(() => {
  vi.useRealTimers();
});

const roles = ['server', 'client'] as const;

/** Turns payloads around and marks them with RSV1. It waits for more at "wait", and fails at a continuation. */
const backwards: Extension = {
  send: (frame) => ({ ...frame, rsv1: true, payload: frame.payload.toReversed() }),
  receive(frame) {
    if (frame.opcode === Opcode.Continuation) throw new ProtocolError(1007, 'not to my liking');
    if (frame.payload.toString() === 'wait') return undefined;
    return { ...frame, rsv1: false, payload: Buffer.from(frame.payload.toReversed()) };
  },
};

check(
  'A server sends strings as text and bytes as binary, not masked',
  {
    rfc: '6455 §5.1',
    hint: [
      'Which side masks? Which opcode does a string get?',
      'encodeFrame of lab 03 with Opcode.Text or Opcode.Binary, and no maskingKey.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'server' });
    wire.connection.send('Hello');
    wire.connection.send(Buffer.of(1, 2));
    wire.connection.send('');
    await wire.untilSent(3);
    expectFrames(
      '"Hello", 01 02 and ""',
      wire.socket.written,
      Buffer.from('810548656c6c6f820201028100', 'hex'),
    );
  },
);

check(
  'A client masks its frames with the key it is given',
  {
    rfc: '6455 §5.3',
    hint: [
      'What must every frame of a client have?',
      'Call maskingKey for each frame, and hand the key to encodeFrame. Control frames are masked too.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'client', maskingKey: () => exampleKey });
    const bytes = Buffer.from('Hello');
    wire.connection.send('Hello');
    wire.connection.ping(bytes);
    await wire.untilSent(2);
    const expected = Buffer.from('818537fa213d7f9f4d5158898537fa213d7f9f4d5158', 'hex');
    expectFrames('Text and ping "Hello"', wire.socket.written, expected);
    expect(bytes.toString(), 'The bytes given to ping, afterwards').toBe('Hello');
  },
);

check(
  'A client takes a fresh, unpredictable key for every frame',
  {
    rfc: '6455 §5.3',
    hint: [
      'What could a page do to a proxy on the way if it knew the key beforehand?',
      'Strong random bytes for each frame: randomBytes of node:crypto, or a pool of them used once each.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'client' });
    const count = 4000;
    for (let sent = 0; sent < count; sent++) wire.connection.send('');
    await until(
      () => wire.socket.written.length === 6 * count,
      () => `${count} empty masked frames of six bytes; ${wire.socket.written.length} bytes came`,
    );
    const bytes = wire.socket.written;
    const keys = Array.from({ length: count }, (_, at) => bytes.readUInt32BE(6 * at + 2));
    expect(new Set(keys).size, `Different keys among ${count}`).toBeGreaterThan(count - 5);
    const steps = keys.slice(1).map((key, at) => (key - keys[at]) >>> 0);
    expect(new Set(steps).size, 'Different steps from key to key').toBeGreaterThan(count - 5);
    for (let bit = 0; bit < 32; bit++) {
      const ones = keys.filter((key) => (key >>> bit) & 1).length;
      expect(Math.abs(ones - count / 2), `Bit ${bit}: how far from half of the keys have it`).toBeLessThan(
        400,
      );
    }
  },
);

check(
  'Messages arrive in any chunks, as bytes and a flag',
  {
    rfc: '6455 §6.2',
    hint: [
      'Three labs in a row: socket, parser, assembler. Who calls whom?',
      'push each chunk into a FrameParser, each frame into a MessageAssembler, and emit its messages.',
    ],
  },
  async () => {
    for (const role of roles) {
      const model = new Wire({ role });
      const stream = Buffer.concat([
        model.encode(Opcode.Text, 'é'),
        model.encode(Opcode.Binary, '12', false),
        model.encode(Opcode.Ping, 'p'),
        model.encode(Opcode.Continuation, '3'),
      ]);
      for (const { name, chunks } of splits(stream)) {
        const wire = new Wire({ role, events: ['message', 'ping'] });
        for (const chunk of chunks) wire.socket.receive(chunk);
        await turns(2);
        const told = [
          ['message', 'é', false],
          ['ping', 'p'],
          ['message', '123', true],
        ];
        expect(wire.told, `A ${role} told, the bytes ${name}`).toEqual(told);
      }
    }
  },
);

check(
  'The bytes that came with the handshake are read first',
  {
    rfc: '6455 §4.1',
    hint: [
      'A client may send its first frame right behind its request. Where are those bytes now?',
      'In `head`. Put them in front of the stream: socket.unshift, before you listen for data.',
    ],
  },
  async () => {
    const model = new Wire();
    const stream = Buffer.concat([model.encode(Opcode.Text, 'first'), model.encode(Opcode.Text, 'second')]);
    for (const length of [1, 8, 11, 15, stream.length]) {
      const wire = new Wire({ head: stream.subarray(0, length) });
      await turns(2);
      wire.socket.receive(stream.subarray(length));
      await turns(2);
      const messages = wire.told.map(([, text]) => text);
      expect(messages, `Messages, ${length} bytes of them in head`).toEqual(['first', 'second']);
    }
  },
);

check(
  'The first messages wait for a listener',
  {
    rfc: '6455 §6.2',
    hint: [
      'The application asks a database before it listens. Where does the first message go meanwhile?',
      'With no message listener keep the frame, and pause the socket; go on when newListener tells of one.',
    ],
  },
  async () => {
    const wire = new Wire({ events: ['close', 'error'] });
    wire.socket.receive(
      Buffer.concat([
        wire.encode(Opcode.Text, 'one'),
        wire.encode(Opcode.Text, 'two'),
        wire.encode(Opcode.Text, 'three'),
      ]),
    );
    await turns();
    wire.receive(Opcode.Text, 'four');
    await turns();
    wire.listen('message');
    await until(
      () => wire.told.length >= 4,
      () =>
        `four messages, the first three sent before a listener was there; told: ${JSON.stringify(wire.told)}`,
    );
    await turns();
    const messages = wire.told.map(([, text]) => text);
    expect(messages, 'What a late listener is told').toEqual(['one', 'two', 'three', 'four']);
  },
);

check(
  'A ping is answered by a pong with the same payload',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'How does the other side know which ping a pong answers?',
      'Send a pong with the payload of the ping, at once, also between the fragments of a message.',
    ],
  },
  async () => {
    for (const role of roles) {
      const wire = new Wire({ role });
      wire.receive(Opcode.Text, 'half', false);
      wire.receive(Opcode.Ping, 'are you there');
      const [pong] = await wire.untilSent(1);
      expect(wire.sentInWords, `What a ${role} sends`).toEqual(['pong are you there']);
      expect(pong.masked, `Whether the pong of a ${role} is masked`).toBe(role === 'client');
      expect(wire.told, 'The events').toEqual([['ping', 'are you there']]);
    }
  },
);

check(
  'A pong is told, and not answered',
  {
    rfc: '6455 §5.5.3',
    hint: [
      'What if both sides answered pongs?',
      "Emit 'pong' with the payload and send nothing, whether you had sent a ping or not.",
    ],
  },
  async () => {
    const wire = new Wire();
    wire.receive(Opcode.Pong, 'unasked');
    await turns();
    expect(wire.told).toEqual([['pong', 'unasked']]);
    expect(wire.sentInWords, 'Frames sent').toEqual([]);
  },
);

check(
  'ping and pong send their payload, at most 125 bytes',
  {
    rfc: '6455 §5.5',
    hint: [
      'How long may a control frame be?',
      'Throw a RangeError for a payload over 125 bytes: the peer would have to fail the connection.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.ping(Buffer.from('a'));
    wire.connection.pong(Buffer.from('b'));
    wire.connection.ping();
    wire.connection.ping(Buffer.alloc(125));
    await wire.untilSent(4);
    expect(wire.sentInWords.slice(0, 3)).toEqual(['ping a', 'pong b', 'ping']);
    expectRangeError('ping with 126 bytes', () => wire.connection.ping(Buffer.alloc(126)));
    expectRangeError('pong with 126 bytes', () => wire.connection.pong(Buffer.alloc(126)));
  },
);

check(
  'A peer that pings and does not read costs no memory',
  {
    rfc: '6455 §5.5.3',
    hint: [
      'While the socket is full pongs pile up. Must each ping have one?',
      'The latest suffices: while the socket is full remember only its payload, and answer it on drain.',
    ],
  },
  async () => {
    const wire = new Wire({ events: ['close'] });
    wire.socket.fill();
    const flood = Buffer.concat(
      Array.from({ length: 400 }, () => wire.encode(Opcode.Ping, Buffer.alloc(125, 'x'))),
    );
    for (let chunk = 0; chunk < 50; chunk++) {
      wire.socket.receive(flood);
      await turns(2);
    }
    expect(wire.connection.bufferedAmount, 'Bytes that wait after 20,000 pings of 125 bytes').toBeLessThan(
      256 * 1024,
    );
    wire.receive(Opcode.Ping, 'the last');
    await turns();
    wire.socket.empty();
    await until(
      () => wire.sentInWords.at(-1) === 'pong the last',
      () => 'the answer to the latest ping, once the socket has room',
    );
  },
);

check(
  'close() sends what was queued, then a Close frame with code and reason',
  {
    rfc: '6455 §7.1.2',
    hint: [
      'May the Close frame overtake a message?',
      'Queue it behind the frames that wait: encodeClosePayload of lab 05, Opcode.Close.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.send('last words');
    wire.connection.close(4001, 'bye');
    expect(wire.connection.readyState, 'readyState after close()').toBe(ReadyState.Closing);
    await wire.untilSent(2);
    expect(wire.sentInWords).toEqual(['text last words', 'close 4001 bye']);
    expect(wire.socket.hasEnded, 'TCP ended before the peer answered').toBe(false);
  },
);

check(
  'close() with no code sends an empty Close frame',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Which code would you send if you were given none?',
      'None: the payload is empty. The peer will say 1005 to itself.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.close();
    const [{ opcode, payload }] = await wire.untilSent(1);
    expect(opcode, 'The opcode of the frame sent').toBe(Opcode.Close);
    expect(payload.length, 'Bytes of its payload').toBe(0);
  },
);

check(
  'close() takes no code that may not travel, and no long reason',
  {
    rfc: '6455 §7.4.1',
    hint: [
      '1005, 1006 and 1015 are what a side tells itself. Can they be sent?',
      'Let encodeClosePayload throw its RangeError before you change any state.',
    ],
  },
  async () => {
    const wire = new Wire();
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) {
      expectRangeError(`close(${code})`, () => wire.connection.close(code));
    }
    expectRangeError('close with a reason of 124 bytes', () => wire.connection.close(1000, 'x'.repeat(124)));
    await turns();
    expect(wire.sentInWords, 'Frames sent').toEqual([]);
    expect(wire.connection.readyState, 'readyState').toBe(ReadyState.Open);
  },
);

check(
  'A Close frame is answered with its code',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'What does the side send that did not begin the closing?',
      'A Close frame too, typically with the code that came. If none came send none: 1005 never travels.',
    ],
  },
  async () => {
    for (const role of roles) {
      const wire = new Wire({ role });
      wire.connection.send('queued before');
      wire.receiveClose(4321, 'enough');
      await wire.untilSent(2);
      expect(wire.connection.readyState, 'readyState').toBe(ReadyState.Closing);
      const [, answer] = wire.sent;
      expect(answer.opcode, `The opcode a ${role} answers with`).toBe(Opcode.Close);
      expect(answer.payload.readUInt16BE(), 'The code of the answer').toBe(4321);
      const empty = new Wire({ role });
      empty.receiveClose();
      const [{ opcode, payload }] = await empty.untilSent(1);
      expect(opcode, 'The answer to an empty Close').toBe(Opcode.Close);
      const allowed = ['', '03e8'];
      expect(allowed, 'Payload of the answer to an empty Close').toContain(payload.toString('hex'));
    }
  },
);

check(
  'A server ends TCP as soon as both Close frames are through',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'Who should hold the TCP state that lingers after closing?',
      'The server calls socket.end() once it has sent and received a Close frame, whoever began.',
    ],
  },
  async () => {
    const asked = new Wire({ role: 'server' });
    asked.receiveClose(1000);
    await asked.untilEnded();
    expect(asked.sentInWords, 'Sent before the end').toEqual(['close 1000']);
    const asking = new Wire({ role: 'server' });
    asking.connection.close(1001);
    await asking.untilSent(1);
    asking.receiveClose(1001);
    await asking.untilEnded();
    asking.socket.receiveEnd();
    expect(await asking.untilTold('close')).toEqual([1001, '']);
  },
);

check(
  'A client waits for the server to end TCP',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'The client has sent and received a Close frame. Is it its turn?',
      'It waits for the socket’s end event, and ends its own side then.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'client' });
    wire.receiveClose(1000, 'done');
    await wire.untilSent(1);
    await turns();
    expect(wire.socket.hasEnded, 'Whether the client ended TCP before the server').toBe(false);
    expect(wire.all('close'), 'close events before TCP has ended').toEqual([]);
    wire.socket.receiveEnd();
    await wire.untilEnded();
    expect(await wire.untilTold('close')).toEqual([1000, 'done']);
    expect(wire.connection.readyState, 'readyState').toBe(ReadyState.Closed);
  },
);

check(
  'A peer that never answers a Close frame is cut off in time',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'What if the other side is gone, and no Close and no FIN ever comes?',
      'Start a timer of closeTimeoutMs with your Close frame; when it fires, destroy the socket.',
    ],
  },
  async () => {
    useVirtualTime();
    for (const role of roles) {
      const wire = new Wire({ role, closeTimeoutMs: 5000 });
      wire.connection.close(1000);
      await wire.untilSent(1);
      vi.advanceTimersByTime(4999);
      await turns();
      expect(wire.socket.destroyed, `Socket of a ${role} destroyed after 4999 of 5000 ms`).toBe(false);
      vi.advanceTimersByTime(1);
      expect(await wire.untilTold('close'), 'No Close frame came, so the code is 1006').toEqual([1006, '']);
      expect(wire.socket.destroyed, 'Socket destroyed after 5000 ms').toBe(true);
    }
  },
);

check(
  'A peer that answers Close and never ends TCP is cut off in time',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'The client waits for the server’s FIN, the server for the client’s. For how long?',
      'The timer goes on until the socket is closed. The default is 30 seconds.',
    ],
  },
  async () => {
    useVirtualTime();
    for (const role of roles) {
      const wire = new Wire({ role });
      wire.receiveClose(4000, 'here');
      await wire.untilSent(1);
      vi.advanceTimersByTime(29_999);
      await turns();
      expect(wire.socket.destroyed, `Socket of a ${role} destroyed after 29,999 ms`).toBe(false);
      vi.advanceTimersByTime(1);
      expect(await wire.untilTold('close'), 'A Close frame came: its code counts').toEqual([4000, 'here']);
    }
  },
);

check(
  'No timer is left when the connection is closed',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'A timer that is left keeps a process alive, and fires for a connection that is gone.',
      "clearTimeout when the socket's close event comes; and none is needed before closing begins.",
    ],
  },
  async () => {
    useVirtualTime();
    const wire = new Wire();
    await turns();
    expect(vi.getTimerCount(), 'Timers of an open connection').toBe(0);
    wire.connection.close(1000);
    await wire.untilSent(1);
    wire.receiveClose(1000);
    wire.socket.receiveEnd();
    await wire.untilTold('close');
    expect(vi.getTimerCount(), 'Timers after the end').toBe(0);
  },
);

check(
  'Whatever comes after a Close frame is ignored',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'A Close frame is the peer’s last. What if something follows, in the same chunk or later?',
      'Remember that it came; then read and drop: no message, no ping, no error.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'client' });
    const late = [
      wire.encode(Opcode.Text, 'late'),
      wire.encode(Opcode.Ping, 'late'),
      wire.encode(Opcode.Close, closePayload(4001)),
      // A whole frame, and not one rule kept.
      Buffer.from('f300', 'hex'),
    ];
    wire.socket.receive(Buffer.concat([wire.encode(Opcode.Close, closePayload(1000)), ...late]));
    await wire.untilSent(1);
    for (const bytes of late) wire.socket.receive(bytes);
    await turns();
    expect(wire.told, 'Events before TCP has ended').toEqual([]);
    wire.socket.receiveEnd();
    expect(await wire.untilTold('close')).toEqual([1000, '']);
    expect(wire.sentInWords, 'Frames sent').toEqual(['close 1000']);
  },
);

check(
  'After close() nothing more is sent, and send does not throw',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'The other side may close at any moment. Should every send be in a try block?',
      'When not open: call the callback with an Error, a moment later, and send nothing.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.close(1000);
    const errors: unknown[] = [];
    wire.connection.send('too late', (error) => errors.push(error));
    expect(errors, 'Errors told during send()').toEqual([]);
    wire.connection.send('nobody asks');
    wire.connection.sendFrame(encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('too late') }));
    wire.connection.ping();
    wire.connection.close(1001);
    await turns();
    expect(errors, 'What the callback was told').toEqual([expect.any(Error)]);
    expect(wire.sentInWords, 'Frames sent').toEqual(['close 1000']);
    wire.connection.terminate();
    await wire.untilTold('close');
    wire.connection.send('far too late', (error) => errors.push(error));
    await turns();
    expect(errors.length, 'Errors told').toBe(2);
  },
);

check(
  'A Close frame with no code is told as 1005',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'Which code stands for "no code came"?',
      'decodeClosePayload gives 1005 for an empty payload: keep it for the close event.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'client' });
    wire.receiveClose();
    wire.socket.receiveEnd();
    expect(await wire.untilTold('close')).toEqual([1005, '']);
  },
);

check(
  'TCP that ends with no Close frame is told as 1006, and ended in turn',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'A process was killed: its FIN comes, and no Close frame. What do you tell the application?',
      "On the socket's end event end your side too; with no code received the close event says 1006.",
    ],
  },
  async () => {
    for (const role of roles) {
      const wire = new Wire({ role });
      wire.receive(Opcode.Text, 'half of a mess', false);
      wire.socket.receiveEnd();
      await wire.untilEnded();
      expect(await wire.untilTold('close'), `What a ${role} is told`).toEqual([1006, '']);
      expect(wire.all('message'), 'Messages').toEqual([]);
    }
  },
);

check(
  'A socket that breaks is told as 1006, and never thrown',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'A socket’s error event with no listener ends the process. So does yours.',
      "Listen to the socket's errors; emit 'error' only if someone listens; close with 1006.",
    ],
  },
  async () => {
    const wire = new Wire({ events: ['close'] });
    const errors: unknown[] = [];
    wire.connection.send('on its way', (error) => errors.push(error));
    wire.socket.destroy(new Error('ECONNRESET'));
    expect(await wire.untilTold('close')).toEqual([1006, '']);
    await turns();
    expect(errors, 'What the callback of send was told').toEqual([expect.any(Error)]);
    expect(wire.connection.readyState, 'readyState').toBe(ReadyState.Closed);
  },
);

/** Frames by which a client breaks a rule, and the code of it. */
const offences = [
  { what: 'a frame that is not masked', bytes: Buffer.from('810548656c6c6f', 'hex'), code: 1002 },
  { what: 'a reserved opcode', bytes: Buffer.from('838000000000', 'hex'), code: 1002 },
  { what: 'a continuation of nothing', bytes: Buffer.from('808000000000', 'hex'), code: 1002 },
  { what: 'a close code that may not travel', bytes: Buffer.from('88820000000003ed', 'hex'), code: 1002 },
  { what: 'text that is not UTF-8', bytes: Buffer.from('818100000000ff', 'hex'), code: 1007 },
  { what: 'a frame over its limit', bytes: Buffer.from('82fe010100000000', 'hex'), code: 1009 },
];

check(
  'A broken rule sends a Close frame with its code, and ends TCP',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'Parser and assembler throw a ProtocolError. What does the peer get to know?',
      'Catch it around push: send a Close frame with its closeCode, then socket.end(); read no more frames.',
    ],
  },
  async () => {
    for (const { what, bytes, code } of offences) {
      const wire = new Wire({ maxPayloadLength: 256 });
      wire.socket.receive(
        Buffer.concat([wire.encode(Opcode.Text, 'fine'), bytes, wire.encode(Opcode.Text, 'late')]),
      );
      await wire.untilEnded();
      const [close] = wire.sent;
      expect(wire.sent.length, `Frames sent after ${what}`).toBe(1);
      expect(close.opcode, 'The opcode of the frame sent').toBe(Opcode.Close);
      expect(close.payload.readUInt16BE(), `The close code sent for ${what}`).toBe(code);
      expect(wire.all('message'), 'Messages told').toEqual([['message', 'fine', false]]);
    }
  },
);

check(
  "A broken rule is told by 'error', then 'close'",
  {
    rfc: '6455 §7.1.7',
    hint: [
      'Who needs to know why the connection ended, and in which order?',
      "Emit 'error' with the ProtocolError when you fail the connection; 'close' follows from the socket.",
    ],
  },
  async () => {
    for (const { what, bytes, code } of offences) {
      const wire = new Wire({ maxPayloadLength: 256 });
      wire.socket.receive(bytes);
      await wire.untilEnded();
      wire.socket.receiveEnd();
      await wire.untilTold('close');
      const [error, close] = wire.told;
      expect(error, `The first event after ${what}`).toEqual(['error', `ProtocolError ${code}`]);
      expect([1006, code], 'The code of the close event: no Close frame came').toContain(close[1]);
      expect(wire.told.length, 'Events').toBe(2);
    }
  },
);

check(
  'A broken rule with no error listener is not thrown',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'One bad frame must not end a server with a thousand good clients.',
      "Node throws an 'error' event that nobody listens to: look at listenerCount('error') first.",
    ],
  },
  async () => {
    const wire = new Wire({ events: ['message', 'close'] });
    wire.socket.receive(offences[0].bytes);
    await wire.untilEnded();
    wire.socket.receiveEnd();
    await wire.untilTold('close');
    expect(wire.told.length, 'Events').toBe(1);
  },
);

check(
  'A peer that broke a rule and goes on sending is cut off in time',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'You have sent your Close frame and ended your side. Must the peer?',
      'Read on and drop it, or TCP resets and your Close frame may be lost; destroy the socket on the timer.',
    ],
  },
  async () => {
    useVirtualTime();
    const wire = new Wire({ events: ['close'], closeTimeoutMs: 1000 });
    wire.socket.receive(offences[0].bytes);
    await wire.untilEnded();
    for (let chunk = 0; chunk < 20; chunk++) {
      wire.socket.receive(Buffer.alloc(64 * 1024));
      await turns(1);
    }
    expect(wire.socket.readableLength, 'Bytes left unread of 1.25 MiB').toBeLessThan(256 * 1024);
    vi.advanceTimersByTime(1000);
    await wire.untilTold('close');
    expect(wire.socket.destroyed, 'Whether the socket was destroyed').toBe(true);
  },
);

check(
  'close is told once, however the end comes about',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'A Close frame, a FIN, an error and a timer can all come for one connection.',
      "Tell it from one place: the socket's own close event, which comes last and once.",
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.close(1000);
    await wire.untilSent(1);
    wire.receiveClose(1000);
    wire.socket.receiveEnd();
    wire.connection.terminate();
    wire.connection.terminate();
    wire.connection.close();
    await wire.untilTold('close');
    await turns();
    expect(wire.all('close').length, 'close events').toBe(1);
    expect(wire.told.at(-1)?.[0], 'The last event').toBe('close');
  },
);

check(
  'terminate ends at once, with 1006',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'The peer is dead: nobody will answer a Close frame.',
      'Destroy the socket. Its close event brings yours, and no Close frame came.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.terminate();
    expect(wire.socket.destroyed, 'Whether the socket was destroyed').toBe(true);
    expect(await wire.untilTold('close')).toEqual([1006, '']);
  },
);

check(
  'Frames queued in one turn of the event loop leave in one write',
  {
    rfc: '9293 §3.7.4',
    hint: [
      'Each write to a socket costs a system call, a hundred times the work of a small frame.',
      'Queue frames, and write them joined (or corked) from one setImmediate.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.on('message', (data) => wire.connection.send(data));
    wire.socket.receive(
      Buffer.concat(Array.from({ length: 20 }, () => wire.encode(Opcode.Binary, 'echo me'))),
    );
    wire.connection.send('me too');
    await wire.untilSent(21);
    expect(wire.socket.writes.length, 'Writes for 21 frames').toBe(1);
    wire.connection.send('later');
    await wire.untilSent(22);
    expect(wire.socket.writes.length, 'Writes after one more frame, in a later turn').toBe(2);
  },
);

check(
  'bufferedAmount counts what the system has not taken',
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'Bytes may wait in two places. Which?',
      'In your queue, until the turn ends, and in the socket: add its writableLength.',
    ],
  },
  async () => {
    const wire = new Wire();
    expect(wire.connection.bufferedAmount, 'At first').toBe(0);
    wire.socket.fill();
    wire.connection.send('x'.repeat(1000));
    expect(wire.connection.bufferedAmount, 'Right after send of 1000 bytes').toBeGreaterThanOrEqual(1000);
    await turns();
    for (let count = 0; count < 99; count++) {
      wire.connection.send(Buffer.alloc(1000));
      await turns(1);
    }
    const waiting = wire.connection.bufferedAmount;
    expect(waiting, 'After 100 messages of 1000 bytes that nobody takes').toBeGreaterThanOrEqual(100_000);
    expect(waiting, 'The same, with at most 14 bytes of header each').toBeLessThanOrEqual(101_400);
    wire.socket.empty();
    await until(
      () => wire.connection.bufferedAmount === 0,
      () => `bufferedAmount to be 0 once all is taken, not ${wire.connection.bufferedAmount}`,
    );
    expect(wire.sent.length, 'Frames sent in the end').toBe(100);
  },
);

check(
  "'drain' tells that a full socket has taken all",
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'Whoever stops sending because bufferedAmount grew must learn when to go on.',
      "Emit 'drain' on the socket's drain event, once your own queue has been written too.",
    ],
  },
  async () => {
    const wire = new Wire();
    wire.connection.send('small');
    await wire.untilSent(1);
    await turns();
    expect(wire.all('drain'), 'drain events when the socket was never full').toEqual([]);
    wire.socket.fill();
    for (let count = 0; count < 8; count++) {
      wire.connection.send(Buffer.alloc(10_000));
      await turns(1);
    }
    expect(wire.all('drain'), 'drain events while the socket is full').toEqual([]);
    wire.socket.empty();
    await wire.untilTold('drain');
    await turns();
    expect(wire.all('drain').length, 'drain events').toBe(1);
    expect(wire.connection.bufferedAmount, 'bufferedAmount then').toBe(0);
  },
);

check(
  'The callback of send is called when the message was taken',
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'When may the sender be sure that its bytes are out of its hands?',
      'Hand the callback to socket.write, or call it from there: several share one write.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.socket.fill();
    const called: string[] = [];
    wire.connection.send('one', (error) => called.push(error ? 'one failed' : 'one'));
    wire.connection.send('two');
    wire.connection.send('three', (error) => called.push(error ? 'three failed' : 'three'));
    await turns();
    expect(called, 'Callbacks while the socket takes nothing').toEqual([]);
    wire.socket.empty();
    await until(
      () => called.length === 2,
      () => 'two callbacks',
    );
    expect(called).toEqual(['one', 'three']);
  },
);

check(
  'pause stops messages and reading; resume goes on where it stopped',
  {
    rfc: '9293 §3.8.6',
    hint: [
      'A chunk may hold ten messages, and the application pauses at the third.',
      'Pause the socket, so that TCP slows the peer; keep the frames of the chunk and tell them on resume.',
    ],
  },
  async () => {
    const wire = new Wire({ events: ['close'] });
    const texts: string[] = [];
    wire.connection.on('message', (data) => {
      texts.push(data.toString());
      if (data.toString() === '2') wire.connection.pause();
    });
    const five = ['1', '2', '3', '4', '5'].map((text) => wire.encode(Opcode.Text, text));
    wire.socket.receive(Buffer.concat(five));
    await turns();
    expect(texts, 'Messages before resume, paused at "2"').toEqual(['1', '2']);
    for (let chunk = 0; chunk < 20; chunk++) {
      wire.receive(Opcode.Text, 'x'.repeat(10_000));
      await turns(1);
    }
    expect(wire.socket.readableLength, 'Bytes left unread of 200,000').toBeGreaterThan(150_000);
    wire.connection.resume();
    await until(
      () => texts.length === 25,
      () => `25 messages after resume, not ${texts.length}`,
    );
    expect(texts.slice(0, 5), 'The first five').toEqual(['1', '2', '3', '4', '5']);
  },
);

check(
  'A server sends a frame that is encoded already; a client refuses to',
  {
    rfc: '6455 §5.3',
    hint: [
      'A broadcast is encoded once. Why can a client not do that?',
      'Queue the bytes as they are. A client throws an Error: its frames each need a key of their own.',
    ],
  },
  async () => {
    const frame = encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('to all') });
    const server = new Wire({ role: 'server' });
    server.connection.send('before');
    server.connection.sendFrame(frame);
    await server.untilSent(2);
    expect(server.sentInWords).toEqual(['text before', 'text to all']);
    const client = new Wire({ role: 'client' });
    let thrown: unknown;
    try {
      client.connection.sendFrame(frame);
    } catch (error) {
      thrown = error;
    }
    expect(thrown, 'What sendFrame throws on a client').toBeInstanceOf(Error);
    await turns();
    expect(client.sentInWords, 'Frames the client sent').toEqual([]);
  },
);

check(
  'The connection starts open, with the subprotocol and the extension it was given',
  {
    rfc: '6455 §4.1',
    hint: [
      'When does a connection exist, before the handshake or after?',
      'After: readyState is Open at once. protocol is the option, or the empty string; extension is the option.',
    ],
  },
  () => {
    const { connection } = new Wire({ protocol: 'chat.v1', extension: backwards });
    expect(connection.readyState, 'readyState').toBe(ReadyState.Open);
    expect(connection.protocol, 'protocol').toBe('chat.v1');
    expect(connection.extension, 'extension').toBe(backwards);
    expect(new Wire().connection.protocol, 'protocol when there is none').toBe('');
  },
);

check(
  'The limits reach the parser and the assembler',
  {
    rfc: '6455 §10.4',
    hint: [
      'Who enforces maxPayloadLength, and who the other two?',
      'Pass the options on: the frame’s limit to FrameParser, the message’s to MessageAssembler.',
    ],
  },
  async () => {
    const limits = { maxPayloadLength: 100, maxMessageLength: 150, maxFragments: 3 };
    const cases: [string, number[]][] = [
      ['a frame of 101 bytes', [101]],
      ['fragments of 151 bytes', [100, 51]],
      ['four fragments', [1, 1, 1, 1]],
    ];
    for (const [what, lengths] of cases) {
      const wire = new Wire(limits);
      lengths.forEach((length, index) => {
        wire.receive(index === 0 ? Opcode.Binary : Opcode.Continuation, Buffer.alloc(length), false);
      });
      const [close] = await wire.untilSent(1);
      expect([1008, 1009], `The close code for ${what}`).toContain(close.payload.readUInt16BE());
    }
    const fine = new Wire(limits);
    fine.receive(Opcode.Binary, Buffer.alloc(100), false);
    fine.receive(Opcode.Continuation, Buffer.alloc(50));
    await turns();
    expect(fine.all('message').length, 'Messages within all limits').toBe(1);
  },
);

check(
  'An extension changes frames on their way in and out',
  {
    rfc: '6455 §9.2',
    hint: [
      'An extension stands in two places. Between which two parts, on the way in and on the way out?',
      'Each frame of the parser goes through extension.receive to the assembler, each one to send through extension.send to encodeFrame. The parser must allow RSV1 then.',
    ],
  },
  async () => {
    for (const role of roles) {
      const wire = new Wire({ role, maskingKey: () => exampleKey, extension: backwards });
      const [theirKey, ourKey] = role === 'server' ? [exampleKey] : [undefined, exampleKey];
      const encode = (opcode: number, text: string, maskingKey: Buffer | undefined) =>
        encodeFrame({ opcode, payload: Buffer.from(text), rsv1: true, maskingKey });

      wire.connection.send('Hello');
      wire.connection.ping(Buffer.from('abc'));
      await wire.untilSent(2);
      const sent = [encode(Opcode.Text, 'olleH', ourKey), encode(Opcode.Ping, 'cba', ourKey)];
      expectFrames(`"Hello" and a ping of a ${role}`, wire.socket.written, Buffer.concat(sent));

      wire.socket.receive(encode(Opcode.Text, 'olleH', theirKey));
      wire.socket.receive(encode(Opcode.Binary, 'wait', theirKey));
      wire.socket.receive(encode(Opcode.Pong, 'cba', theirKey));
      await wire.untilTold('pong');
      const told = [
        ['message', 'Hello', false],
        ['pong', 'abc'],
      ];
      expect(wire.told, `Told by a ${role}; for the frame in between receive returned undefined`).toEqual(
        told,
      );
    }
  },
);

check(
  'A rule of the extension that is broken fails the connection; sendFrame passes by the extension',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'receive may throw a ProtocolError, as the parser and the assembler do. And what is given to sendFrame?',
      'Call receive where a ProtocolError is caught already. The bytes given to sendFrame are queued as they are.',
    ],
  },
  async () => {
    const wire = new Wire({ extension: backwards });
    wire.connection.sendFrame(encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('as it is') }));
    await wire.untilSent(1);
    wire.receive(Opcode.Continuation, 'bad');
    await wire.untilEnded();
    expect(wire.told, 'Events').toEqual([['error', 'ProtocolError 1007']]);
    const [first, second] = wire.sent;
    expect(`${first.payload}`, 'What was given to sendFrame').toBe('as it is');
    expect(second.opcode, 'The opcode of the frame after the broken rule').toBe(Opcode.Close);
  },
);

check(
  'What is queued while the socket is full leaves in few writes',
  {
    rfc: '9293 §3.7.4',
    stretch: true,
    hint: [
      'While the socket is full, who keeps the frames: you, or its own list of chunks?',
      'Keep them in your queue while writableNeedDrain is true: on drain they can be joined.',
    ],
  },
  async () => {
    const wire = new Wire();
    wire.socket.fill();
    wire.connection.send(Buffer.alloc(20_000));
    await turns();
    for (let count = 0; count < 200; count++) {
      wire.connection.send(`message ${count}`);
      if (count % 10 === 0) await turns(1);
    }
    wire.socket.empty();
    await wire.untilSent(201);
    const buffers = wire.socket.writes.flat().length;
    expect(buffers, 'Buffers given to the system for 201 frames').toBeLessThanOrEqual(10);
  },
);

check(
  'A large payload is written beside its header, not copied',
  {
    rfc: '6455 §5.2',
    stretch: true,
    hint: [
      'Does a server have to change the bytes it sends?',
      'encodeHeader of lab 03, then the payload itself as a second chunk of a corked write.',
    ],
  },
  async () => {
    const wire = new Wire({ role: 'server' });
    const payload = Buffer.alloc(1024 * 1024, 'x');
    wire.connection.send('small');
    wire.connection.send(payload);
    wire.connection.send('small again');
    await wire.untilSent(3);
    const buffers = wire.socket.writes.flat();
    const uncopied = buffers.some(
      (bytes) => bytes.buffer === payload.buffer && bytes.length === payload.length,
    );
    expect(uncopied, 'Whether the very payload was given to the system').toBe(true);
  },
);

check(
  'An exception in a message listener closes the connection with 1011',
  {
    rfc: '6455 §7.4.1',
    stretch: true,
    hint: [
      'The exception is the application’s, and passes through your push. In what state are you then?',
      'Catch it, fail the connection with 1011, and throw it on: it must not be swallowed.',
    ],
  },
  async () => {
    const wire = new Wire({ events: ['close'] });
    const bug = new Error('a bug of the application');
    wire.connection.on('message', () => {
      throw bug;
    });
    await turns();
    try {
      wire.receive(Opcode.Text, 'Hello');
    } catch (error) {
      if (error !== bug) throw error;
    }
    await wire.untilEnded();
    expect(wire.sentInWords).toEqual(['close 1011']);
  },
);
