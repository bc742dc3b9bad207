import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, type Frame, type FrameToSend, Opcode } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { Receiver, Sender } from '../support/peers.ts';

// The codec against `ws`, both ways, on whatever fast-check thinks of. A failure prints its seed.

const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8Array({ minLength: 65_400, maxLength: 65_700, size: 'max' }),
);
const keys = fc.uint8Array({ minLength: 4, maxLength: 4 });
const dataFrames = fc.record({ opcode: fc.constantFrom(Opcode.Text, Opcode.Binary), payload: payloads });
const pings = fc.record({ opcode: fc.constant(Opcode.Ping), payload: fc.uint8Array({ maxLength: 125 }) });
const frames = fc.array(fc.oneof({ weight: 4, arbitrary: dataFrames }, pings), { maxLength: 12 });
/** Lengths of chunks, used again and again until the stream is used up. */
const cuts = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 });

type Sent = Pick<FrameToSend, 'opcode' | 'payload'>;

function chunked(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + lengths[chunks.length % lengths.length];
    chunks.push(Buffer.from(stream.subarray(at, end)));
    at = end;
  }
  return chunks;
}

function parse(role: 'server' | 'client', chunks: readonly Buffer[]): Frame[] {
  const came: Frame[] = [];
  const parser = new FrameParser({ role }, (frame) => came.push(frame));
  for (const chunk of chunks) parser.push(chunk);
  return came;
}

/** What `ws` makes of the chunks, in our words. */
function receive(isServer: boolean, chunks: readonly Buffer[]): Sent[] {
  const came: Sent[] = [];
  const receiver = new Receiver({ isServer, skipUTF8Validation: true });
  const text = (isBinary: boolean) => (isBinary ? Opcode.Binary : Opcode.Text);
  receiver.on('message', (payload, isBinary) => came.push({ opcode: text(isBinary), payload }));
  receiver.on('ping', (payload) => came.push({ opcode: Opcode.Ping, payload }));
  for (const chunk of chunks) receiver.write(chunk);
  return came;
}

function expectSame(came: readonly Sent[], sent: readonly Sent[]): void {
  const plain = ({ opcode, payload }: Sent) => `${opcode} ${Buffer.from(payload).toString('base64')}`;
  expect(came.map(plain)).toEqual(sent.map(plain));
}

const roles = ['server', 'client'] as const;

test.each(roles)('what encodeFrame writes, ws reads as %s', (role) => {
  fc.assert(
    fc.property(frames, keys, cuts, (sent, key, lengths) => {
      const maskingKey = role === 'server' ? key : undefined;
      const stream = Buffer.concat(sent.map((frame) => encodeFrame({ ...frame, maskingKey })));
      expectSame(receive(role === 'server', chunked(stream, lengths)), sent);
    }),
    { numRuns: 25 },
  );
});

test.each(roles)('what ws writes, FrameParser reads as %s', (role) => {
  fc.assert(
    fc.property(frames, keys, cuts, (sent, key, lengths) => {
      const mask = role === 'server';
      const generateMask = (target: Buffer) => target.set(key);
      const stream = Buffer.concat(
        sent.flatMap(({ opcode, payload }) =>
          Sender.frame(Buffer.from(payload), {
            fin: true,
            rsv1: false,
            opcode,
            mask,
            generateMask,
            readOnly: true,
          }),
        ),
      );
      const came = parse(role, chunked(stream, lengths));
      expectSame(came, sent);
      expect(came.every((frame) => frame.masked === mask && frame.fin)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('no bytes make the parser throw anything but a ProtocolError, or say different things in other chunks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, lengths) => {
      const outcome = (chunks: Buffer[]) => {
        const came: Frame[] = [];
        const parser = new FrameParser({ role: 'server' }, (frame) => came.push(frame));
        try {
          for (const chunk of chunks) parser.push(chunk);
        } catch (error) {
          return { came, error };
        }
        return { came, error: undefined };
      };
      const whole = outcome([Buffer.from(bytes)]);
      if (whole.error)
        expect(whole.error).toMatchObject({ name: 'ProtocolError', closeCode: expect.any(Number) });
      expect(
        outcome(
          chunked(
            Buffer.from(bytes),
            lengths.map((length) => (length % 20) + 1),
          ),
        ),
      ).toEqual(whole);
    }),
    { numRuns: 500 },
  );
});
