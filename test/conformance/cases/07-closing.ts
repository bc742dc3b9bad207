import { close, continuation, frame, ping, type RawFrame, text } from '../peer/frame.ts';
import type { Ending, FrameCase } from '../suite/case.ts';
import { answers, answersOrDrops, closes, echoed } from './expect.ts';

const hello = 'Hello World!';
const normal = answers(1000);
const refused = answersOrDrops(1002);
const undefinedCode = 'RFC 6455 §7.4 does not say what becomes of codes from 5000 on.';

const closing = (id: string, title: string, send: RawFrame[], ending: Ending) => ({
  id,
  title,
  send,
  expect: [],
  ending,
});

const validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const invalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

const cases: Omit<FrameCase, 'kind'>[] = [
  { id: '7.1.1', title: 'text, then a Close', send: [text(hello)], expect: [echoed(hello)], ending: closes },
  closing('7.1.2', 'two Close frames', [close(1000), close()], normal),
  closing('7.1.3', 'a ping after the Close', [close(1000), ping()], normal),
  closing('7.1.4', 'text after the Close', [close(1000), text(hello)], normal),
  closing(
    '7.1.5',
    'a Close between two fragments',
    [text('fragment1', { fin: false }), close(1000), continuation('fragment2')],
    normal,
  ),
  {
    id: '7.1.6',
    title: 'text of 256 KiB, text, Close, ping',
    send: [text('BAsd7&jh23'.repeat(26_215).slice(0, 262_144)), text(hello), close(1000), ping()],
    expect: [],
    ending: normal,
    informational: 'How much of what came before the Close is still answered is up to the other side.',
  },
  closing('7.3.1', 'a Close without payload', [close()], normal),
  closing('7.3.2', 'a Close with one byte', [frame(8, 'a')], refused),
  closing('7.3.3', 'a Close with a code', [close(1000)], normal),
  closing('7.3.4', 'a Close with code and reason', [close(1000, hello)], normal),
  closing('7.3.5', 'a Close with a reason of 123 bytes', [close(1000, '*'.repeat(123))], normal),
  closing('7.3.6', 'a Close with a reason of 124 bytes', [close(1000, '*'.repeat(124))], refused),
  closing(
    '7.5.1',
    'a Close with a reason that is not UTF-8',
    [close(1000, Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex'))],
    answersOrDrops(1002, 1007),
  ),
  ...validCodes.map((code, index) =>
    closing(`7.7.${index + 1}`, `a Close with ${code}`, [close(code)], answers(1000, code)),
  ),
  ...invalidCodes.map((code, index) =>
    closing(`7.9.${index + 1}`, `a Close with ${code}`, [close(code)], refused),
  ),
  ...[5000, 65_535].map((code, index) => ({
    ...closing(`7.13.${index + 1}`, `a Close with ${code}`, [close(code)], refused),
    informational: undefinedCode,
  })),
];

export const closingCases: FrameCase[] = cases.map((test) => ({ kind: 'frames', ...test }));
