import fc from 'fast-check';
import { type FrameSpec, frameBytes } from '../support/frames.ts';
import { type Fault, faultsWithDeflate, faultsWithoutExtension, type OpenMessage } from './faults.ts';
import { printFrames, printPayload } from './print.ts';

/** The side that reads the stream: a server reads masked frames. */
export type Role = 'server' | 'client';

/** What is agreed for every stream here: small, so that faults against it are cheap to make. */
export const limits = { maxPayloadLength: 100_000, maxMessageLength: 100_000, maxFragments: 16 };

/** A frame of a stream. */
export interface ScriptedFrame extends FrameSpec {
  /** On the first frame of a compressed message: what it inflates to. */
  inflated?: Uint8Array;
}

/** A stream made of frames, one of which may break a rule. */
export class Stream {
  readonly frames: readonly ScriptedFrame[];
  /** The rule that the last frame breaks. */
  readonly fault: Fault | undefined;
  /** The frames that break none. */
  readonly sound: readonly ScriptedFrame[];
  readonly bytes: Buffer;

  constructor(frames: readonly ScriptedFrame[], fault?: Fault) {
    this.frames = frames;
    this.fault = fault;
    this.sound = fault ? frames.slice(0, -1) : frames;
    this.bytes = Buffer.concat(frames.map(frameBytes));
  }

  [fc.toStringMethod](): string {
    const breaks = this.fault ? `\n          the last one: ${this.fault.what}` : '';
    return `\n${printFrames(this.bytes)}${breaks}\n`;
  }
}

/** What an application hears of sound frames, in words; nothing after a Close. */
export function tell(frames: readonly ScriptedFrame[]): string[] {
  const told: string[] = [];
  let kind = '';
  let whole: Uint8Array | undefined;
  let parts: Uint8Array[] = [];
  for (const { opcode, payload = new Uint8Array(), fin = true, inflated } of frames) {
    if (opcode === 8) {
      const bytes = Buffer.from(payload);
      return [...told, tellClose(bytes.length ? bytes.readUInt16BE() : 1005, bytes.subarray(2))];
    }
    if (opcode > 8) {
      told.push(tellControl(opcode, payload));
      continue;
    }
    if (opcode > 0) {
      kind = opcode === 1 ? 'text' : 'binary';
      whole = inflated;
    }
    parts.push(payload);
    if (!fin) continue;
    told.push(`${kind} ${printPayload(whole ?? Buffer.concat(parts))}`);
    parts = [];
  }
  return told;
}

export function tellMessage(data: Uint8Array, isBinary: boolean): string {
  return `${isBinary ? 'binary' : 'text'} ${printPayload(data)}`;
}

export function tellControl(opcode: number, payload: Uint8Array): string {
  return `${opcode === 9 ? 'ping' : 'pong'} ${printPayload(payload)}`;
}

export function tellClose(code: number, reason: Uint8Array): string {
  return `close ${code} ${printPayload(reason)}`;
}

/** Lengths on both sides of where a longer form of the length begins (RFC 6455 §5.2). */
const borders = fc.constantFrom(125, 126, 127, 65_535, 65_536);
const binaries = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: borders.map((length) => new Uint8Array(length).fill(0xab)) },
);
const texts = fc
  .oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    { weight: 1, arbitrary: borders.map((length) => `${'é'.repeat(length / 2)}${length % 2 ? 'e' : ''}`) },
  )
  .map((text) => Buffer.from(text));
const controls: fc.Arbitrary<FrameSpec> = fc.record({
  opcode: fc.constantFrom(9, 10),
  payload: fc.uint8Array({ maxLength: 125 }),
});
const closes: fc.Arbitrary<FrameSpec> = fc
  .oneof(
    fc.constant(Buffer.alloc(0)),
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014),
          fc.integer({ min: 3000, max: 4999 }),
        ),
        fc.string({ unit: 'binary', maxLength: 30 }),
      )
      .map(([code, reason]) => Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)])),
  )
  .map((payload) => ({ opcode: 8, payload }));

interface Message {
  opcode: number;
  payload: Uint8Array;
  /** Where it is cut into frames. */
  cuts: number[];
  /** Control frames, and among which frames. */
  between: [number, FrameSpec][];
  /** Whether the compressor gets it, if there is one. */
  compress: boolean;
}

const messages: fc.Arbitrary<Message> = fc
  .record({
    message: fc.oneof(
      fc.record({ opcode: fc.constant(1), payload: texts }),
      fc.record({ opcode: fc.constant(2), payload: binaries }),
    ),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.array(fc.tuple(fc.nat(), controls), { maxLength: 2 }),
    compress: fc.boolean(),
  })
  .map(({ message, ...rest }) => ({ ...message, ...rest }));

/** The payload of a compressed message (RFC 7692 §7.2.1). */
export type Compress = (payload: Uint8Array) => Uint8Array;

/** A message in one to five frames, with control frames between them. */
function framesOf(
  { opcode, payload, cuts, between, compress }: Message,
  compressor?: Compress,
): ScriptedFrame[] {
  const deflated = compress ? compressor?.(payload) : undefined;
  const bytes = deflated ?? payload;
  const ends = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  const frames = [0, ...ends].map((start, index): ScriptedFrame => {
    const frame = { opcode: 0, payload: bytes.subarray(start, ends[index]), fin: index === ends.length };
    if (index > 0) return frame;
    return deflated ? { ...frame, opcode, rsv: 4, inflated: payload } : { ...frame, opcode };
  });
  for (const [at, control] of between) frames.splice(at % (frames.length + 1), 0, control);
  return frames;
}

/** What may follow a Close: it is not read, so it may break any rule. */
const afterClose = fc.oneof(
  messages.map((message) => framesOf(message)),
  fc
    .tuple(fc.constantFrom(...faultsWithoutExtension), fc.nat())
    .map(([fault, variant]) => fault.frames({ kind: 'none', fragments: 0 }, variant)),
);

/**
 * A few messages, control frames among them, and perhaps a Close: no rule is broken up to there.
 * `makeCompressor` makes what compresses the messages of one stream, in order.
 */
function conversations(role: Role, makeCompressor?: () => Compress): fc.Arbitrary<ScriptedFrame[]> {
  const end = fc.option(
    fc.tuple(closes, afterClose).map(([close, after]) => [close, ...after]),
    { freq: 2, nil: [] },
  );
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
  return fc
    .tuple(fc.array(messages, { maxLength: 5 }), end, fc.array(key, { minLength: 1, maxLength: 4 }))
    .map(([sent, last, keys]) => {
      const compressor = makeCompressor?.();
      const frames = [...sent.flatMap((message) => framesOf(message, compressor)), ...last];
      if (role === 'client') return frames;
      return frames.map((frame, index) => ({ ...frame, key: keys[index % keys.length] }));
    });
}

export function soundStreams(role: Role, makeCompressor?: () => Compress): fc.Arbitrary<Stream> {
  return conversations(role, makeCompressor).map((frames) => new Stream(frames));
}

/** Sound frames, and after them one that breaks one rule. */
export function faultyStreams(role: Role, makeCompressor?: () => Compress): fc.Arbitrary<Stream> {
  const faults = makeCompressor ? faultsWithDeflate : faultsWithoutExtension;
  return fc
    .tuple(conversations(role, makeCompressor), fc.nat(), fc.nat(), fc.constantFrom(...faults))
    .map(([frames, at, variant, fault]) => {
      const closeAt = frames.findIndex(({ opcode }) => opcode === 8);
      const before = frames.slice(0, at % ((closeAt < 0 ? frames.length : closeAt) + 1));
      const key = role === 'server' ? Buffer.of(1, 2, 3, 4) : undefined;
      const broken = fault.frames(openMessage(before), variant).map((frame) => ({ key, ...frame }));
      const last = broken.at(-1);
      if (!last) return new Stream(before);
      if (fault.turnsMask) last.key = key ? undefined : Buffer.of(1, 2, 3, 4);
      return new Stream([...before, ...broken], fault);
    });
}

function openMessage(frames: readonly ScriptedFrame[]): OpenMessage {
  const data = frames.filter(({ opcode }) => opcode < 8);
  if (data.at(-1)?.fin ?? true) return { kind: 'none', fragments: 0 };
  const start = data.findLastIndex(({ opcode }) => opcode > 0);
  const { opcode, inflated } = data[start];
  const kind = inflated ? 'compressed' : opcode === 1 ? 'text' : 'binary';
  return { kind, fragments: data.length - start };
}
