// Your server keeps one value for each header name, so of two lines with that name it sees only one (RFC 9110 §5.3).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

const onePerName = (headers: solution.HeaderList) =>
  Object.entries(Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])));

export function headerValues(headers: solution.HeaderList, name: string): string[] {
  return solution.headerValues(onePerName(headers), name);
}

export function listElements(headers: solution.HeaderList, name: string): string[] {
  return solution.listElements(onePerName(headers), name);
}

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  return solution.answerUpgrade({ ...request, headers: onePerName(request.headers) }, options);
}
