import { defineLoader } from 'vitepress';
import { jsonSchemaOf } from '../../../../solutions/10-protocol.ts';

declare const data: Record<'client' | 'server', string>;

export { data };

/** The contract of the chat as JSON Schema, as text. */
export default defineLoader({
  load: () => ({ client: shown(jsonSchemaOf('client')), server: shown(jsonSchemaOf('server')) }),
});

function shown(schema: object): string {
  return JSON.stringify(schema, null, 2);
}
