import type { FrameSpec } from './frames.ts';
import { exampleKey, patternBytes } from './frames.ts';

/** An example of RFC 6455 §5.7. */
export interface RfcExample extends FrameSpec {
  what: string;
  bytes: Buffer;
}

const hello = Buffer.from('Hello');
const [binary256, binary64k] = [patternBytes(256), patternBytes(65536)];

/** Every example of RFC 6455 §5.7, byte for byte; the contents of the two binary ones are ours to choose. */
export const rfcExamples: readonly RfcExample[] = [
  { what: 'An unmasked text frame', opcode: 1, payload: hello, bytes: Buffer.from('810548656c6c6f', 'hex') },
  {
    what: 'A masked text frame',
    opcode: 1,
    payload: hello,
    key: exampleKey,
    bytes: Buffer.from('818537fa213d7f9f4d5158', 'hex'),
  },
  {
    what: 'The first fragment of a text',
    fin: false,
    opcode: 1,
    payload: Buffer.from('Hel'),
    bytes: Buffer.from('010348656c', 'hex'),
  },
  {
    what: 'The last fragment of a text',
    opcode: 0,
    payload: Buffer.from('lo'),
    bytes: Buffer.from('80026c6f', 'hex'),
  },
  { what: 'An unmasked ping', opcode: 9, payload: hello, bytes: Buffer.from('890548656c6c6f', 'hex') },
  {
    what: 'A masked pong',
    opcode: 10,
    payload: hello,
    key: exampleKey,
    bytes: Buffer.from('8a8537fa213d7f9f4d5158', 'hex'),
  },
  {
    what: '256 bytes of binary',
    opcode: 2,
    payload: binary256,
    bytes: Buffer.concat([Buffer.from('827e0100', 'hex'), binary256]),
  },
  {
    what: '64 KiB of binary',
    opcode: 2,
    payload: binary64k,
    bytes: Buffer.concat([Buffer.from('827f0000000000010000', 'hex'), binary64k]),
  },
];
