import { encodeFrame, type Frame, Opcode } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { FrameParser as GeneratorParser } from '../programs/04-frame-parser/right-generator.ts';
import { openDriver, Receiver, Sender } from '../support/peers.ts';
import { type Benchmark, type Cell, cpuTime, median } from './benchmark.ts';

/** A socket hands out at most this much at once. */
const chunkLength = 64 * 1024;
/** Bytes fed a turn: well over the largest frame, so that frames are cut at ever other places. */
const streamLength = 8 * 1024 * 1024;
const rounds = 5;
/** CPU time of one round, long against the clock's microsecond and against one garbage collection. */
const roundTime = 150e6;
const maskingKey = Buffer.from('37fa213d', 'hex');

const sizes = [
  { label: '16 B', length: 16 },
  { label: '125 B', length: 125 },
  { label: '1 KiB', length: 1024 },
  { label: '64 KiB', length: 64 * 1024 },
  { label: '1 MiB', length: 1024 * 1024 },
];

interface Work {
  direction: 'decode' | 'encode';
  length: number;
  masked: boolean;
}

const works = new Map<string, Work>();
for (const direction of ['decode', 'encode'] as const) {
  for (const masked of [true, false]) {
    for (const { label, length } of sizes) {
      works.set(`${direction} ${label}${masked ? ' masked' : ''}`, { direction, length, masked });
    }
  }
}

/** Every column makes a function that does the work on many frames, and says on how many. */
type Turn = () => number;
type Column = { env?: Record<string, string>; decode?: (work: Work) => Turn; encode?: (work: Work) => Turn };

const columns: Record<string, Column> = {
  'websocket-101': { decode: decodeBy(parse(FrameParser)), encode },
  'as a generator': { decode: decodeBy(parse(GeneratorParser)) },
  'ws + bufferutil': { decode: decodeBy(receive), encode: encodeByWs },
  ws: { env: { WS_NO_BUFFER_UTIL: '1' }, decode: decodeBy(receive), encode: encodeByWs },
  'websocket-driver': { decode: decodeBy(drive), encode: encodeByDriver },
  copy: { decode: decodeBy(copyChunks), encode: copyPayload },
};

export const codec: Benchmark = {
  name: 'codec',
  about: 'CPU time a frame: decoding a stream in 64 KiB chunks, and encoding; no socket',
  unit: 'ns of CPU a frame',
  subject: 'websocket-101',
  cells: [...works].flatMap(([row, { direction }]) =>
    Object.entries(columns).flatMap(([column, { env, [direction]: made }]): Cell[] =>
      made ? [{ row, column, env }] : [],
    ),
  ),
  measure({ row, column }) {
    const work = works.get(row);
    const turn = work && columns[column]?.[work.direction]?.(work);
    if (!turn) throw new Error(`the codec benchmark has no cell "${row}", "${column}"`);
    runFor(roundTime, turn);
    return median(Array.from({ length: rounds }, () => runFor(roundTime, turn)));
  },
};

/** Repeats `turn` for some CPU time; returns the nanoseconds it took for a frame. */
function runFor(time: number, turn: Turn): number {
  const start = cpuTime();
  let frames = 0;
  let elapsed = 0;
  while (elapsed < time) {
    frames += turn();
    elapsed = cpuTime() - start;
  }
  return elapsed / frames;
}

/** Takes one chunk, and calls back for each frame. */
type Feed = (chunk: Buffer) => void;
type MakeFeed = (work: Work, onFrame: () => void) => Feed;

function decodeBy(makeFeed: MakeFeed): (work: Work) => Turn {
  return (work) => {
    const frame = encodeFrame({
      opcode: Opcode.Binary,
      payload: Buffer.alloc(work.length, 'x'),
      maskingKey: work.masked ? maskingKey : undefined,
    });
    const sent = Math.ceil(streamLength / frame.length);
    const stream = Buffer.concat(Array.from({ length: sent }, () => frame));
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length; at += chunkLength)
      chunks.push(stream.subarray(at, at + chunkLength));
    let came = 0;
    const feed = makeFeed(work, () => came++);
    return () => {
      came = 0;
      for (const chunk of chunks) feed(chunk);
      if (came !== sent) throw new Error(`${sent} frames were sent, ${came} came`);
      return sent;
    };
  };
}

/** Our parser, or another program of lab 04. */
type ParserClass = new (
  ...parameters: ConstructorParameters<typeof FrameParser>
) => Pick<FrameParser, 'push'>;

function parse(Parser: ParserClass): MakeFeed {
  return ({ masked }, onFrame) => {
    const options = { role: masked ? 'server' : 'client', maxPayloadLength: chunkLength ** 2 } as const;
    const parser = new Parser(options, (_frame: Frame) => onFrame());
    return (chunk) => parser.push(chunk);
  };
}

function receive({ masked }: Work, onFrame: () => void): Feed {
  const receiver = new Receiver({ isServer: masked });
  receiver.on('message', onFrame);
  return (chunk) => receiver.write(chunk);
}

function drive(_work: Work, onFrame: () => void): Feed {
  const driver = openDriver();
  driver.on('message', onFrame);
  return (chunk) => driver.parse(chunk);
}

/** The least any parser that keeps nothing of a chunk must do: allocate and copy. */
function copyChunks({ length, masked }: Work, onFrame: () => void): Feed {
  const header = masked ? 6 : 2;
  const frameLength = header + (length < 126 ? 0 : length < 0x10000 ? 2 : 8) + length;
  let left = frameLength;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      const end = Math.min(chunk.length, at + left);
      Buffer.from(chunk.subarray(at, end));
      left -= end - at;
      at = end;
      if (left > 0) continue;
      left = frameLength;
      onFrame();
    }
  };
}
const encodesATurn = 100;

function repeat(encodeOne: () => void): Turn {
  return () => {
    for (let index = 0; index < encodesATurn; index++) encodeOne();
    return encodesATurn;
  };
}

function encode({ length, masked }: Work): Turn {
  const payload = Buffer.alloc(length, 'x');
  return repeat(() =>
    encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: masked ? maskingKey : undefined }),
  );
}

function encodeByWs({ length, masked }: Work): Turn {
  const payload = Buffer.alloc(length, 'x');
  const generateMask = (key: Buffer) => maskingKey.copy(key);
  return repeat(() =>
    Sender.frame(payload, {
      fin: true,
      opcode: Opcode.Binary,
      rsv1: false,
      mask: masked,
      generateMask,
      readOnly: true,
    }),
  );
}

function encodeByDriver({ length }: Work): Turn {
  const driver = openDriver();
  const payload = Buffer.alloc(length, 'x');
  return repeat(() => driver.binary(payload));
}

function copyPayload({ length }: Work): Turn {
  const payload = Buffer.alloc(length, 'x');
  return repeat(() => Buffer.from(payload));
}
