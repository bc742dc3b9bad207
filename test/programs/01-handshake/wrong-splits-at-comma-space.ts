// Your server splits lists at ", "; the space after a comma is optional, and ws sends none (RFC 9110 §5.6.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

/** Elements joined by a comma alone become one that is no token. */
const glued = (headers: solution.HeaderList) =>
  headers.map(([name, value]): [string, string] => [
    name,
    value
      .split(', ')
      .map((element) => element.replaceAll(',', '?'))
      .join(', '),
  ]);

export function listElements(headers: solution.HeaderList, name: string): string[] {
  return solution.listElements(glued(headers), name);
}

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  return solution.answerUpgrade({ ...request, headers: glued(request.headers) }, options);
}
