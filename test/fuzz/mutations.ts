import fc from 'fast-check';
import type { FrameSpec } from '../support/frames.ts';
import { frameEnds, printFrames } from './print.ts';
import type { Stream } from './streams.ts';

/** What may happen to a stream. Each `at` is a place in it, as a share of its length: 0 up to 1. */
const mutations = {
  'bits flipped': (stream, [at], [byte = 1]) => {
    const bytes = Buffer.from(stream);
    if (bytes.length > 0) bytes[place(at, bytes.length)] ^= byte || 0x80;
    return bytes;
  },
  cut: (stream, [at]) => stream.subarray(0, place(at, stream.length + 1)),
  'bytes inserted': (stream, [at], bytes) => {
    const cut = place(at, stream.length + 1);
    return Buffer.concat([stream.subarray(0, cut), bytes, stream.subarray(cut)]);
  },
  'bytes lost': (stream, [at, share]) => {
    const cut = place(at, stream.length + 1);
    return Buffer.concat([stream.subarray(0, cut), stream.subarray(cut + Math.round(share * 8))]);
  },
  'a frame twice': (stream, [at]) => {
    const frames = framesOf(stream);
    const index = place(at, frames.length);
    return Buffer.concat([...frames.slice(0, index + 1), ...frames.slice(index)]);
  },
  'two frames swapped': (stream, [one, other]) => {
    const frames = framesOf(stream);
    const [a, b] = [place(one, frames.length), place(other, frames.length)];
    if (frames.length > 0) [frames[a], frames[b]] = [frames[b], frames[a]];
    return Buffer.concat(frames);
  },
} satisfies Record<string, (stream: Buffer, at: readonly number[], bytes: Uint8Array) => Buffer>;

/** A stream, changed. */
export class Mutated {
  readonly original: Stream;
  readonly bytes: Buffer;
  readonly #done: string;

  constructor(original: Stream, steps: readonly Step[]) {
    this.original = original;
    this.bytes = steps.reduce((bytes, { kind, at, bytes: given }) => {
      return mutations[kind](bytes, at, given);
    }, original.bytes);
    this.#done = steps.map(({ kind }) => kind).join(', ');
  }

  /** The sound frames at the start that are as they were. */
  get untouched(): readonly FrameSpec[] {
    const { bytes, sound } = this.original;
    const changed = bytes.findIndex((byte, index) => byte !== this.bytes[index]);
    const same = changed === -1 ? bytes.length : changed;
    return sound.slice(0, frameEnds(bytes).filter((end) => end <= same).length);
  }

  [fc.toStringMethod](): string {
    const hex = this.bytes.length < 2_000 ? `\n${this.bytes.toString('hex')}` : '';
    return `\n${printFrames(this.original.bytes)}\nafter: ${this.#done}\n${printFrames(this.bytes)}${hex}\n`;
  }
}

interface Step {
  kind: keyof typeof mutations;
  at: readonly [number, number];
  bytes: Uint8Array;
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...(Object.keys(mutations) as Step['kind'][])),
  at: fc.tuple(share, share),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

/** The streams with one to three changes each. */
export function mutated(streams: fc.Arbitrary<Stream>): fc.Arbitrary<Mutated> {
  return fc
    .tuple(streams, fc.array(steps, { minLength: 1, maxLength: 3 }))
    .map(([stream, done]) => new Mutated(stream, done));
}

function place(share: number, length: number): number {
  return Math.floor(share * length);
}

/** The whole frames, and what is left of the stream after them. */
function framesOf(stream: Buffer): Buffer[] {
  const ends = frameEnds(stream);
  return [0, ...ends].map((start, index) => stream.subarray(start, ends[index]));
}
