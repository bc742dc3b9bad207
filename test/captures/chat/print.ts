/** Columns of a line; a longer message goes on in the next. */
const width = 70;
/** A longer text is cut: what it says is not the point. */
const textPrinted = 60;

/** A message as a line of a log: who, which way, and the JSON as it crossed; ids and tickets are shortened. */
export function printMessage(who: string, way: '→' | '←', json: string): string {
  const start = `${who} ${way} `;
  return start + fold(shortened(json), width - start.length).join(`\n${' '.repeat(start.length)}`);
}

function shortened(json: string): string {
  return json
    .replace(/"([0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43})"/g, (_, id: string) => `"${id.slice(0, 4)}…"`)
    .replace(
      /"([^"\\]{61,})"/g,
      (_, text: string) => `"${text.slice(0, textPrinted / 4)}… ${text.length} characters"`,
    );
}

/** Breaks behind commas; a piece with none is left whole. */
function fold(text: string, columns: number): string[] {
  const lines = [''];
  for (const piece of text.split(/(?<=,)(?=["{])/)) {
    const last = lines[lines.length - 1];
    if (last && last.length + piece.length > columns) lines.push(piece);
    else lines[lines.length - 1] = last + piece;
  }
  return lines;
}
