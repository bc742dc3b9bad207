// Your key is not the base64 of 16 bytes; in hex, say, it is twice as long as it should be (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function createRequest(target: solution.Target, options?: solution.RequestOptions) {
  const request = solution.createRequest(target, options);
  const key = Buffer.from(request.key, 'base64').toString('hex');
  const headers = request.headers.map(
    ([name, value]) => [name, name === 'Sec-WebSocket-Key' ? key : value] as const,
  );
  return { ...request, key, headers };
}
