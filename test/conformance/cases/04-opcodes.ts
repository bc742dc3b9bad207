import { frame, ping, text } from '../peer/frame.ts';
import type { FrameCase } from '../suite/case.ts';
import { echoed, fails } from './expect.ts';

const hello = 'Hello, world!';

/** Five reserved opcodes: two alone, then three after a message and before a ping. */
function group(number: string, opcodes: readonly number[]): FrameCase[] {
  return opcodes.map((opcode, index): FrameCase => {
    const id = `4.${number}.${index + 1}`;
    if (index < 2) {
      const payload = index === 0 ? '' : 'reserved opcode payload';
      return {
        kind: 'frames',
        id,
        title: `opcode ${opcode}${payload && ' with payload'}`,
        send: [frame(opcode, payload)],
        expect: [],
        ending: fails(1002),
      };
    }
    const payload = index === 2 ? '' : hello;
    const byBytes = index === 4;
    return {
      kind: 'frames',
      id,
      title: `text, opcode ${opcode}${payload && ' with payload'}, ping${byBytes ? ', byte by byte' : ''}`,
      send: [text(hello), frame(opcode, payload), ping()],
      cut: byBytes ? 1 : 'whole',
      expect: [echoed(hello)],
      lenient: [],
      ending: fails(1002),
    };
  });
}

export const opcodes: FrameCase[] = [...group('1', [3, 4, 5, 6, 7]), ...group('2', [11, 12, 13, 14, 15])];
