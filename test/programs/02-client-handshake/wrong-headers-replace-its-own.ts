// Your client lets further headers replace those of the handshake, or stand beside them; then two programs may read two requests (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function createRequest(target: solution.Target, options: solution.RequestOptions = {}) {
  const { headers = [], ...others } = options;
  const request = solution.createRequest(target, others);
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const own = request.headers.filter(([name]) => !given.has(name.toLowerCase()));
  return { ...request, headers: [...own, ...headers] };
}
