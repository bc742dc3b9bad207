import type { EchoCase } from '../suite/case.ts';

const kinds = ['text', 'binary'] as const;
type Kind = (typeof kinds)[number];

const KiB = 1024;
const MiB = 1024 * KiB;

/** Patterns whose length does not divide what buffers are usually cut into: a mix-up shows. */
const pattern = { text: Buffer.from('BAsd7&jh23'), binary: Buffer.from('00fe23faf0', 'hex') };

const size = (bytes: number) =>
  bytes >= MiB ? `${bytes / MiB} MiB` : bytes >= KiB ? `${bytes / KiB} KiB` : `${bytes} B`;

/** One message of so many bytes. */
function large(
  id: string,
  type: Kind,
  bytes: number,
  how: Partial<Pick<EchoCase, 'fragment' | 'cut'>> = {},
): EchoCase {
  const { fragment, cut } = how;
  const pieces = fragment ? ` in fragments of ${size(fragment)}` : cut ? ` in writes of ${cut} B` : '';
  return {
    kind: 'echo',
    id,
    title: `${type} of ${size(bytes)}${pieces}`,
    count: 1,
    message: () => ({ type, data: Buffer.alloc(bytes, pattern[type]) }),
    ...how,
  };
}

/** A thousand small messages, each once the one before is back. */
function roundTrips(id: string, type: Kind, bytes: number): EchoCase {
  const data = Buffer.alloc(bytes, pattern[type]);
  return {
    kind: 'echo',
    id,
    title: `1,000 × ${type} of ${size(bytes)}`,
    count: 1_000,
    message: () => ({ type, data }),
  };
}

const sizes = [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB];
const fragmentSizes = [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB];
const writes = [64, 128, 256, 512, 1024, 2048];
const small = [0, 16, 64, 256, 1024, 4096];

export const limits: EchoCase[] = kinds.flatMap((type, index) => [
  ...sizes.map((bytes, at) => large(`9.${index + 1}.${at + 1}`, type, bytes)),
  ...fragmentSizes.map((fragment, at) => large(`9.${index + 3}.${at + 1}`, type, 4 * MiB, { fragment })),
  ...writes.map((cut, at) => large(`9.${index + 5}.${at + 1}`, type, MiB, { cut })),
  ...small.map((bytes, at) => roundTrips(`9.${index + 7}.${at + 1}`, type, bytes)),
]);

/** Group 10, which is one case. */
export const misc: EchoCase[] = [
  {
    kind: 'echo',
    id: '10.1.1',
    title: 'text of 65,536 bytes in fragments of 1,300',
    count: 1,
    message: () => ({ type: 'text', data: Buffer.alloc(65_536, '*') }),
    fragment: 1_300,
  },
];
