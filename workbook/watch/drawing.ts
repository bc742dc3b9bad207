import { styleText } from 'node:util';
import type { Drawing, DrawnField } from '../verdict.ts';

const gap = 2;

/** One field in both rows, at the same place; either row may be shorter. */
interface Column {
  fields: (DrawnField | undefined)[];
  width: number;
}

/**
 * A drawing as lines of text, expected above actual, `^` under each field that differs, so that it reads
 * without colour too. Fields that do not fit side by side go on below.
 */
export function drawingLines({ rows }: Drawing, columns: number): string[] {
  const labelWidth = Math.max(...rows.map(({ label }) => label.length)) + gap;
  const room = columns - labelWidth;
  const count = Math.max(...rows.map(({ fields }) => fields.length));
  const all = Array.from({ length: count }, (_, at): Column => {
    const fields = rows.map((row) => row.fields[at]);
    const texts = fields.flatMap((field) => (field ? [field.name, field.wire, meaning(field)] : []));
    return { fields, width: Math.min(room, Math.max(...texts.map((text) => text.length))) };
  });
  const lines = bands(all, room).flatMap((band) => [...bandLines(band, rows, labelWidth), '']);
  return lines.slice(0, -1);
}

/** The columns in groups that fit the line. */
function bands(columns: Column[], room: number): Column[][] {
  const groups: Column[][] = [];
  let used = room;
  for (const column of columns) {
    if (used + column.width > room) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(column);
    used += column.width + gap;
  }
  return groups;
}

function bandLines(band: Column[], rows: Drawing['rows'], labelWidth: number): string[] {
  const line = (label: string, cell: (column: Column) => string) =>
    (label.padEnd(labelWidth) + band.map(cell).join(' '.repeat(gap))).trimEnd();
  const text = ({ width }: Column, words = '') => cut(words, width).padEnd(width);
  const sameNames = band.every(({ fields: [a, b] }) => !a || !b || a.name === b.name);
  const names = line('', (column) => text(column, column.fields.find((field) => field)?.name));
  const drawn = rows.flatMap(({ label }, row) => {
    const coloured = (words: (field: DrawnField) => string) => (column: Column) => {
      const field = column.fields[row];
      const padded = text(column, field && words(field));
      return field?.wrong ? styleText(row === 0 ? 'green' : 'red', padded) : padded;
    };
    return [
      ...(sameNames
        ? []
        : [
            line(
              '',
              coloured(({ name }) => name),
            ),
          ]),
      line(
        label,
        coloured(({ wire }) => wire),
      ),
      line('', coloured(meaning)),
    ];
  });
  const marks = line('', (column) => {
    const wrong = column.fields.some((field) => field?.wrong);
    return wrong ? styleText('red', text(column, '^'.repeat(column.width))) : text(column);
  });
  return [...(sameNames ? [names] : []), ...drawn, ...(marks.trim() ? [marks] : [])];
}

/** A payload may hold control characters of the second kind, which a terminal would obey. */
function meaning(field: DrawnField): string {
  return field.meaning.replace(/[\u007f-\u009f]/g, '·');
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
