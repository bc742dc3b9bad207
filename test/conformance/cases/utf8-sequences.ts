/** Byte sequences in hex, most of them from Markus Kuhn's UTF-8 decoder stress test, and whether they are UTF-8. */
interface Sequences {
  about: string;
  valid?: readonly string[];
  invalid?: readonly string[];
}

/** Greek "κόσμε", and all its beginnings; those that end between two characters are UTF-8. */
const kosme = 'cebae1bdb9cf83cebcceb5';
const whole = [2, 5, 7, 9, 11];
const beginnings = Array.from({ length: 11 }, (_, index) => kosme.slice(0, 2 * (index + 1)));

/** Every byte of a range, each followed by `then`. */
const range = (first: number, last: number, then = '') =>
  Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16) + then).join('');

/** The last byte of a character of two to six bytes left out: first the lowest ones, then the highest. */
const cutShort = [
  ...['c0', 'e080', 'f08080', 'f8808080', 'fc80808080'],
  ...['df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
];

/** U+nFFFE and U+nFFFF of every plane but the first. */
const planeEnds = ['f09f', 'f0af', 'f0bf', 'f18f', 'f19f', 'f1af', 'f1bf', 'f28f', 'f29f', 'f2af', 'f2bf']
  .concat(['f38f', 'f39f', 'f3af', 'f3bf', 'f48f'])
  .flatMap((start) => [`${start}bfbe`, `${start}bfbf`]);

/** Groups 6.5 to 6.23 of the public suite, in order. */
export const sequences: readonly (
  | Sequences
  | { about: string; mixed: readonly (readonly [string, boolean])[] }
)[] = [
  {
    about: 'correct UTF-8',
    valid: [
      '68656c6c6f24776f726c64',
      '68656c6c6fc2a2776f726c64',
      '68656c6c6fe282ac776f726c64',
      '68656c6c6ff0a4ada2776f726c64',
      kosme,
    ],
  },
  {
    about: 'every beginning of a correct text',
    mixed: beginnings.map((hex) => [hex, whole.includes(hex.length / 2)] as const),
  },
  { about: 'the first sequence of each length', valid: ['00', 'c280', 'e0a080', 'f0908080'] },
  { about: 'the first sequence of five and six bytes', invalid: ['f888808080', 'fc8480808080'] },
  { about: 'the last sequence of each length', valid: ['7f', 'dfbf', 'efbfbf', 'f48fbfbf'] },
  {
    about: 'the last sequence of four, five and six bytes',
    invalid: ['f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'],
  },
  {
    about: 'other boundaries',
    valid: ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf'],
    invalid: ['f4908080'],
  },
  {
    about: 'continuation bytes alone',
    invalid: [...['80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf'], range(0x80, 0xbe)],
  },
  {
    about: 'first bytes alone',
    invalid: [
      range(0xc0, 0xde, '20'),
      range(0xe0, 0xee, '20'),
      range(0xf0, 0xf6, '20'),
      range(0xf8, 0xfa, '20'),
      range(0xfc, 0xfc, '20'),
    ],
  },
  { about: 'the last continuation byte missing', invalid: cutShort },
  { about: 'incomplete sequences joined', invalid: [cutShort.join('')] },
  { about: 'bytes that cannot occur', invalid: ['fe', 'ff', 'fefeffff'] },
  { about: 'overlong forms of “/”', invalid: ['c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'] },
  {
    about: 'the longest overlong forms',
    invalid: ['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
  },
  {
    about: 'overlong forms of NUL',
    invalid: ['c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'],
  },
  {
    about: 'single surrogates',
    invalid: ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'],
  },
  {
    about: 'pairs of surrogates',
    invalid: ['eda080', 'edadbf', 'edae80', 'edafbf'].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
  },
  { about: 'noncharacters, which are UTF-8', valid: ['efbfbe', 'efbfbf', ...planeEnds] },
  {
    about: 'specials, as the replacement character',
    valid: ['efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'],
  },
];
