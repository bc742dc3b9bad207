import { continuation, type RawFrame, text } from '../peer/frame.ts';
import { fragments } from '../peer/peer.ts';
import type { FrameCase } from '../suite/case.ts';
import { closes, echoed, fails, waited } from './expect.ts';
import { sequences } from './utf8-sequences.ts';

const more = { fin: false };
const german = 'Hello-µ@ßöäüàá-UTF-8!!';
const kosme = Buffer.from('cebae1bdb9cf83cebcceb5', 'hex');
const edited = Buffer.from('656469746564', 'hex');
const surrogate = Buffer.concat([kosme, Buffer.from('eda080', 'hex'), edited]);
const pastUnicode = Buffer.from('f4908080', 'hex');
const byByte = (payload: Buffer) => fragments('text', payload, 1);

const echo = (id: string, title: string, send: RawFrame[], payload: string | Buffer) => ({
  id,
  title,
  send,
  expect: [echoed(payload)],
  ending: closes,
});
const refused = (id: string, title: string, send: RawFrame[]) => ({
  id,
  title,
  send,
  expect: [],
  ending: fails(1007),
});

/**
 * Three parts with waits between; the second makes the text wrong beyond repair. The first wait must go by.
 * Who fails the connection before the second has gone by fails fast; later is allowed too (NON-STRICT).
 */
const failFast = (id: string, title: string, send: FrameCase['send']) => ({
  id,
  title,
  send,
  expect: [waited],
  lenient: [waited, waited],
  ending: fails(1007),
});

/** In three frames, cut at these places. */
function inFrames(payload: Buffer, first: number, second: number): FrameCase['send'] {
  return [
    text(payload.subarray(0, first), more),
    1000,
    continuation(payload.subarray(first, second), more),
    1000,
    continuation(payload.subarray(second)),
  ];
}

const wrong = Buffer.concat([kosme, pastUnicode, edited]);

const cases: Omit<FrameCase, 'kind'>[] = [
  echo('6.1.1', 'an empty text', [text('')], ''),
  echo(
    '6.1.2',
    'an empty text in three fragments',
    [text('', more), continuation('', more), continuation('')],
    '',
  ),
  echo(
    '6.1.3',
    'text in the middle one of three fragments',
    [text('', more), continuation('middle frame payload', more), continuation('')],
    'middle frame payload',
  ),
  echo('6.2.1', 'text with characters of two bytes', [text(german)], german),
  echo(
    '6.2.2',
    'the same, cut between two characters',
    [text(german.slice(0, 11), more), continuation(german.slice(11))],
    german,
  ),
  echo('6.2.3', 'the same, a fragment a byte', byByte(Buffer.from(german)), german),
  echo('6.2.4', 'Greek text, a fragment a byte', byByte(kosme), kosme),
  refused('6.3.1', 'text with a surrogate', [text(surrogate)]),
  refused('6.3.2', 'the same, a fragment a byte', byByte(surrogate)),
  failFast('6.4.1', 'the second of three fragments is wrong', inFrames(wrong, 11, 15)),
  failFast('6.4.2', 'the second is one byte, the one that is wrong', inFrames(wrong, 12, 13)),
  failFast('6.4.3', 'one frame in three writes, the second is wrong', [
    { slowly: text(wrong), at: [11, 15], wait: 1000 },
  ]),
  failFast('6.4.4', 'the second write is one byte, the one that is wrong', [
    { slowly: text(wrong), at: [12, 13], wait: 1000 },
  ]),
];

const stress: Omit<FrameCase, 'kind'>[] = sequences.flatMap((group, index) => {
  const { about } = group;
  const all =
    'mixed' in group
      ? group.mixed
      : [
          ...(group.valid ?? []).map((hex) => [hex, true] as const),
          ...(group.invalid ?? []).map((hex) => [hex, false] as const),
        ];
  return all.map(([hex, valid], at) => {
    const payload = Buffer.from(hex, 'hex');
    const id = `6.${index + 5}.${at + 1}`;
    return valid ? echo(id, about, [text(payload)], payload) : refused(id, about, [text(payload)]);
  });
});

export const utf8: FrameCase[] = [...cases, ...stress].map((test) => ({ kind: 'frames', ...test }));
