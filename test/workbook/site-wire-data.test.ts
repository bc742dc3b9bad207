import { describe, expect, test } from 'vitest';
import { frameFields, hexDump } from '../../docs/.vitepress/theme/wire/frame-fields.ts';
import { LiveReader } from '../../docs/.vitepress/theme/wire/live-reader.ts';
import { matches, type RowKind, rowKinds, Timeline } from '../../docs/.vitepress/theme/wire/timeline.ts';
import { encodeFrame, Opcode } from '../../solutions/03-frames.ts';
import type { WireNote } from '../../workbook/chat/live-wire.ts';
import type { Side } from '../../workbook/chat/tap.ts';
import type { WireEvent } from '../../workbook/wire/conversation.ts';

const request = [
  'GET /chat HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');
const response = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  '\r\n',
].join('\r\n');
const maskingKey = Buffer.from('37fa213d', 'hex');
const text = (payload: string, masked: boolean) =>
  encodeFrame({
    opcode: Opcode.Text,
    payload: Buffer.from(payload),
    ...(masked && { maskingKey }),
  });

const connection = '1.0';
const at = 1_790_000_000_000_000;
const ends = { client: '127.0.0.1:50000', server: '127.0.0.1:8080' };
const open: WireNote = { type: 'open', connection, at, ...ends };
const bytes = (from: Side, data: Buffer | string): WireNote => ({
  type: 'bytes',
  connection,
  at,
  from,
  base64: Buffer.from(data).toString('base64'),
});
const base64 = (head: string) => Buffer.from(head).toString('base64');
const openLate: WireNote = {
  ...open,
  handshake: { request: base64(request), response: base64(response) },
};

function read(...notes: WireNote[]): WireEvent[] {
  const events: WireEvent[] = [];
  new LiveReader((event) => events.push(event)).take(notes);
  return events;
}

const kindsOf = (events: WireEvent[]) => events.map(({ from, kind }) => `${from} ${kind}`);
const opening = ['client handshake', 'server handshake'];

describe('the live wire, read in the page', () => {
  test('a connection from its request to its end', () => {
    const events = read(
      open,
      bytes('client', request),
      bytes('server', response),
      bytes('client', text('Hello', true)),
      bytes('server', text('Hello', false)),
      { type: 'end', connection, at, from: 'server' },
      { type: 'closed', connection, at, reset: false },
    );
    const each = ['client frame', 'client message', 'server frame', 'server message', 'server end'];
    expect(kindsOf(events)).toEqual([...opening, ...each]);
    expect(events[2]).toMatchObject({ ...ends, stream: 0, masked: true, length: 5 });
  });

  test('one that was open before: frames from where the page came, and no gap that nobody lost', () => {
    const events = read(
      openLate,
      bytes('client', text('Hello', true)),
      bytes('server', text('Hello', false)),
    );
    expect(kindsOf(events).filter((kind) => !kind.endsWith('message'))).toEqual([
      ...opening,
      'client frame',
      'server frame',
    ]);
  });

  test('told again of what it knows, it does not begin anew', () => {
    const events = read(open, bytes('client', request), bytes('server', response), openLate);
    expect(kindsOf(events)).toEqual(opening);
  });

  test('bytes that were dropped on the way are a gap, and frames go on behind it', () => {
    const events = read(
      open,
      bytes('client', request),
      bytes('server', response),
      { type: 'lost', connection, at, from: 'server', length: 1_000 },
      bytes('server', text('Hello', false)),
    );
    expect(events.slice(2)).toMatchObject([
      { kind: 'gap', from: 'server', missing: 1_000 },
      { kind: 'frame', from: 'server' },
      { kind: 'message' },
    ]);
  });

  test('a reset is one', () => {
    const events = read(open, bytes('client', request), bytes('server', response), {
      type: 'closed',
      connection,
      at,
      reset: true,
    });
    expect(events.at(-1)).toMatchObject({ kind: 'end', by: 'rst', from: 'client' });
  });
});

describe('the rows of a timeline', () => {
  const events = read(
    open,
    bytes('client', request),
    bytes('server', response),
    bytes('client', text('x'.repeat(5_000), true)),
    bytes('server', encodeFrame({ opcode: Opcode.Close, payload: Buffer.from('\x03\xe8bye', 'latin1') })),
  );

  test('say what each is, in words', () => {
    const timeline = new Timeline(100, 'first');
    for (const event of events) timeline.add(event);
    expect(timeline.rows.map(({ kind, what, length }) => [kind, what, length])).toEqual([
      ['handshake', 'GET /chat HTTP/1.1', undefined],
      ['handshake', 'HTTP/1.1 101 Switching Protocols', undefined],
      ['data', 'text frame', 5_000],
      ['message', 'text message', 5_000],
      ['control', 'close frame', 5],
    ]);
    expect(timeline.rows[2].flags).toEqual(['FIN', 'MASK']);
    expect(timeline.rows[4].preview).toBe('1000 bye');
    expect(timeline.streams).toMatchObject([{ target: '/chat', frames: 2, messages: 1, end: '1000' }]);
    const only = new Set<RowKind>(['control']);
    expect(timeline.rows.filter((row) => matches(row, { from: 'client', kinds: only }))).toEqual([]);
    expect(timeline.rows.filter((row) => matches(row, { stream: 0, kinds: only }))).toHaveLength(1);
    expect(new Set(Object.keys(rowKinds))).toContain(timeline.rows[0].kind);
  });

  test('keep only so many events, and of each only so many bytes', () => {
    const first = new Timeline(3, 'first');
    const last = new Timeline(3, 'last');
    for (const event of events) {
      first.add(event);
      last.add(event);
    }
    expect(first.rows.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(last.rows.map(({ number }) => number)).toEqual([3, 4, 5]);
    expect(first.total).toBe(5);
    expect(first.rows[2].event).toMatchObject({ length: 5_000, payload: { length: 1024 } });
  });
});

describe('a frame of a capture, drawn', () => {
  const header = Buffer.from('818537fa213d', 'hex');
  const frame = {
    kind: 'frame',
    fin: true,
    rsv1: false,
    opcode: 'text',
    masked: true,
    length: 5,
    offset: 0,
    header,
    type: 'text',
  } as const;
  const payloadOf = (fields: ReturnType<typeof frameFields>) => fields.find(({ name }) => name === 'payload');

  test('is masked again, as it was on the wire (RFC 6455 §5.7)', () => {
    const fields = frameFields({ ...frame, payload: Buffer.from('Hello') });
    expect(payloadOf(fields)).toMatchObject({ wire: '7f 9f 4d 51 58', meaning: '"Hello"' });
  });

  test.each([
    ['cut', { payload: Buffer.from('Hel') }, '5 bytes, the first are shown'],
    ['not captured', {}, '5 bytes, not all in the capture'],
    ['compressed', { payload: Buffer.from('Hello'), compressed: true }, '5 bytes, compressed'],
  ])('says so when its payload is %s', (_, fields, meaning) => {
    expect(payloadOf(frameFields({ ...frame, ...fields }))?.meaning).toBe(meaning);
  });

  test('and dumped', () => {
    expect(hexDump(Buffer.from('Hello\n'), 8)).toBe('0000  48 65 6c 6c 6f 0a        Hello·');
  });
});
