import { binary, text } from '../peer/frame.ts';
import type { FrameCase } from '../suite/case.ts';
import { closes, echoed } from './expect.ts';

const lengths = [0, 125, 126, 127, 128, 65_535, 65_536];

function both(number: string, type: 'text' | 'binary', byte: number): FrameCase[] {
  const one = (index: number, length: number, cut?: number): FrameCase => ({
    kind: 'frames',
    id: `1.${number}.${index}`,
    title: `${type} of ${length} bytes${cut ? ` in writes of ${cut} bytes` : ''}`,
    send: [(type === 'text' ? text : binary)(Buffer.alloc(length, byte))],
    cut,
    expect: [echoed(Buffer.alloc(length, byte), type)],
    ending: closes,
  });
  return [...lengths.map((length, index) => one(index + 1, length)), one(8, 65_536, 997)];
}

export const framing: FrameCase[] = [...both('1', 'text', 0x2a), ...both('2', 'binary', 0xfe)];
