/** Breaks text at spaces into lines of at most `width` characters, keeping its own line breaks. */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [''];
    for (const word of line.split(' ')) {
      const current = lines[lines.length - 1];
      const joined = current === '' ? word : `${current} ${word}`;
      if (joined.length <= width || current === '') lines[lines.length - 1] = joined;
      else lines.push(word);
    }
    return lines;
  });
}

/** Wraps and indents by two spaces. */
export function paragraph(text: string, columns: number): string[] {
  return wrap(text, columns - 2).map((line) => (line === '' ? '' : `  ${line}`));
}
