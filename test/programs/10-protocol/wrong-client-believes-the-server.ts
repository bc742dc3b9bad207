// Your client believes whatever parses as JSON: an older page takes a newer message for one it knows.
export * from '../../../solutions/10-protocol.ts';

import type { ServerMessage } from '../../../solutions/10-protocol.ts';

export function parseServerMessage(text: string): ServerMessage | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
