// Your client sends :scheme ws or wss; it is http for ws: and https for wss: (RFC 8441 §5).
import type { OutgoingHttpHeaders } from 'node:http2';
import type { RequestOptions, Target } from '#labs/02-client-handshake';
import { connectHeaders as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function connectHeaders(target: Target, options: RequestOptions = {}): OutgoingHttpHeaders {
  return { ...right(target, options), ':scheme': target.secure ? 'wss' : 'ws' };
}
