/**
 * Five bodies of data for the compression cases, each of the kind that the public suite uses: JSON, a grey
 * picture, German prose, HTML, and what is compressed already. They are made here, the same every time.
 */
export interface Payload {
  about: string;
  type: 'text' | 'binary';
  data: string | Buffer;
}

/** A small generator of numbers from 0 to 1 that is the same everywhere (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words =
  'und der die das nicht ist ein ich zu mir in den mit von auf sich so dem es an wie wird aus nur wer doch für hat ' +
  'schon über Welt Herz Geist große Fülle Nacht Straße Gemüt Tür schöne Höhe Menschen Stunde Himmel Erde Wesen Macht';

function prose(random: () => number, length: number): string {
  const list = words.split(' ');
  let text = '';
  while (text.length < length) {
    const count = 4 + Math.floor(random() * 5);
    const line = Array.from({ length: count }, () => list[Math.floor(random() * list.length)]).join(' ');
    text += `${line[0].toUpperCase()}${line.slice(1)}${random() < 0.4 ? '.' : ','}\r\n`;
  }
  return text.slice(0, length);
}

function json(random: () => number): string {
  const list = words.split(' ');
  const rows = Array.from({ length: 1_200 }, (_, index) => ({
    id: index,
    guid: Math.floor(random() * 2 ** 40).toString(16),
    isActive: random() < 0.5,
    balance: `€${(random() * 4_000).toFixed(2)}`,
    about: Array.from({ length: 8 }, () => list[Math.floor(random() * list.length)]).join(' '),
    latitude: random() * 180 - 90,
  }));
  return JSON.stringify(rows, null, 2);
}

function html(random: () => number): string {
  const rows = Array.from(
    { length: 900 },
    (_, index) =>
      `<tr class="row${index % 2}"><td><a href="/case/${index}">Fall ${index}</a></td><td>${prose(random, 60).trim()}</td></tr>\n`,
  );
  return `<!DOCTYPE html>\n<html><head><title>Übersicht</title></head><body><table>\n${rows.join('')}</table></body></html>\n`;
}

/** 512 × 512 grey pixels: soft slopes and a little noise. */
function picture(random: () => number): Buffer {
  const pixel = (x: number, y: number) => 128 + 60 * Math.sin(x / 40) + 50 * Math.cos(y / 60) + 8 * random();
  return Buffer.from(
    Array.from({ length: 512 * 512 }, (_, at) => Math.floor(pixel(at % 512, Math.floor(at / 512)))),
  );
}

function noise(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

export const payloads: readonly Payload[] = [
  { about: 'JSON', type: 'text', data: json(generator(1)) },
  { about: 'a grey picture', type: 'binary', data: picture(generator(2)) },
  { about: 'German prose', type: 'binary', data: Buffer.from(prose(generator(3), 220_000)) },
  { about: 'HTML', type: 'text', data: html(generator(4)) },
  { about: 'noise', type: 'binary', data: noise(generator(5), 1_000_000) },
];
