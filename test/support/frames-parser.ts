import type { Frame } from '#labs/03-frames';
import { FrameParser, type FrameParserOptions } from '#labs/04-frame-parser';
import { exampleKey, expectFrame, type FrameSpec, frameBytes, frameOf } from './frames.ts';

/** A parser, and the frames it handed out. */
export interface Parsing {
  parser: FrameParser;
  frames: Frame[];
}

export function startParser(options: Partial<FrameParserOptions> = {}): Parsing {
  const frames: Frame[] = [];
  const parser = new FrameParser({ role: 'server', ...options }, (frame) => frames.push(frame));
  return { parser, frames };
}

/** The frames a parser makes of these chunks. */
export function parseChunks(chunks: readonly Buffer[], options?: Partial<FrameParserOptions>): Frame[] {
  const { parser, frames } = startParser(options);
  for (const chunk of chunks) parser.push(chunk);
  return frames;
}

export function expectFramesOf(actual: readonly Frame[], specs: readonly FrameSpec[]): void {
  for (const [index, spec] of specs.entries()) {
    expectFrame(`Frame ${index + 1} of ${specs.length}`, actual[index], frameOf(spec));
  }
  if (actual.length > specs.length) {
    throw new Error(`${specs.length} frames were sent, and ${actual.length} were handed out`);
  }
}

/** The same frame as a client sends it. */
export function masked(spec: FrameSpec): FrameSpec {
  return { ...spec, key: exampleKey };
}

export function streamOf(specs: readonly FrameSpec[]): Buffer {
  return Buffer.concat(specs.map(frameBytes));
}

/** Cuts bytes into chunks of that length. */
export function chunksOf(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(bytes.subarray(index * length, (index + 1) * length)),
  );
}

/** The shortest of several runs, in milliseconds: the one that was disturbed least. */
export function quickest(act: () => void, runs = 5): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    act();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
