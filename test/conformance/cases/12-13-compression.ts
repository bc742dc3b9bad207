import type { Compression, EchoCase } from '../suite/case.ts';
import { type Payload, payloads } from './payloads.ts';

/** Message lengths, and into what fragments the compressed bytes are cut; 0: into none. */
const shapes: readonly [length: number, fragment: number][] = [
  ...[16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map((length): [number, number] => [
    length,
    0,
  ]),
  ...[8192, 16_384, 32_768, 65_536, 131_072].map((length): [number, number] => [length, 256]),
  [131_072, 1024],
  [131_072, 4096],
  [131_072, 32_768],
];

const plain = { noContextTakeover: false, maxWindowBits: 0 };
const alone = { noContextTakeover: true, maxWindowBits: 0 };

/** The parameters of groups 13.1 to 13.7. */
const parameters: readonly Compression[] = [
  [plain],
  [alone],
  [{ ...plain, maxWindowBits: 9 }],
  [{ ...plain, maxWindowBits: 15 }],
  [{ ...alone, maxWindowBits: 9 }],
  [{ ...alone, maxWindowBits: 15 }],
  [{ ...alone, maxWindowBits: 9 }, alone, plain],
];

/** How many messages a case sends: 1,000 in the public suite. */
export interface MessageCount {
  messages: number;
  /** No more messages than come to this many bytes, but at least two. */
  bytes: number;
}

/** What the public suite sends: 1,000 messages a case, 10 GiB in all. */
export const allMessages: MessageCount = { messages: 1_000, bytes: Number.POSITIVE_INFINITY };
/** Enough for every window to be filled and left behind. */
export const fewerMessages: MessageCount = { messages: 50, bytes: 128 * 1024 };

/** The cases of groups 12 (kinds of data) and 13 (parameters). */
export function compression({ messages, bytes }: MessageCount): EchoCase[] {
  const group = (id: string, about: string, payload: Payload, wanted: Compression) =>
    shapes.map(
      ([length, fragment], index): EchoCase => ({
        kind: 'echo',
        id: `${id}.${index + 1}`,
        title: `${about}, messages of ${length}${fragment ? ` in fragments of ${fragment} bytes` : ''}`,
        count: Math.max(2, Math.min(messages, Math.floor(bytes / length))),
        message: slices(payload, length),
        fragment,
        compression: wanted,
      }),
    );
  return [
    ...payloads.flatMap((payload, index) => group(`12.${index + 1}`, payload.about, payload, [plain])),
    ...parameters.flatMap((wanted, index) => group(`13.${index + 1}`, describe(wanted), payloads[0], wanted)),
  ];
}

/** One part of the data after the other, over and over. Text is counted in characters. */
function slices({ type, data }: Payload, length: number): EchoCase['message'] {
  return (index) => {
    const start = (index * length) % data.length;
    const end = start + length;
    if (typeof data === 'string') {
      return {
        type,
        data: Buffer.from(data.slice(start, end) + data.slice(0, Math.max(0, end - data.length))),
      };
    }
    const wrapped = data.subarray(0, Math.max(0, end - data.length));
    return { type, data: Buffer.concat([data.subarray(start, end), wrapped]) };
  };
}

function describe(wanted: Compression): string {
  return wanted
    .map(({ noContextTakeover, maxWindowBits }) =>
      [
        noContextTakeover ? 'no takeover' : 'takeover',
        maxWindowBits ? `window 2^${maxWindowBits}` : 'any window',
      ].join(', '),
    )
    .join('; or ');
}
