import { defineLoader } from 'vitepress';
import { jsonSchemaOf } from '../../../../solutions/10-protocol.ts';

declare const data: Record<'client' | 'server', string>;

export { data };

/** Columns of a line. */
const width = 72;

/** The contract of the chat as JSON Schema, as text. */
export default defineLoader({
  load: () => ({ client: shown(jsonSchemaOf('client')), server: shown(jsonSchemaOf('server')) }),
});

/** JSON with as much on a line as fits: one property of the schema, mostly. */
function shown(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
  if (typeof value !== 'object' || value === null || indent.length + line.length <= width) return line;
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const items = Object.entries(value).map(
    ([key, item]) => inner + (isArray ? '' : `${JSON.stringify(key)}: `) + shown(item, inner),
  );
  const [open, close] = isArray ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}
