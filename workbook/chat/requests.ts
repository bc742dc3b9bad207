import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { TLSSocket } from 'node:tls';

/** A request of HTTP/1.1 or HTTP/2. */
export type AnyRequest = IncomingMessage | Http2ServerRequest;

/** The origin of our own page, as a browser that sent this request would write it (RFC 6454 §6.1). */
export function ownOrigin(request: AnyRequest): string {
  const isSecure = request.httpVersionMajor === 2 || request.socket instanceof TLSSocket;
  return `${isSecure ? 'https' : 'http'}://${hostOf(request.headers)}`;
}

/** The host and port a request was meant for: a header in HTTP/1.1, a pseudo-header in HTTP/2 (RFC 9113 §8.3.1). */
function hostOf(headers: IncomingHttpHeaders): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}

/** What proxies say of where the request came from; several fields are one list (RFC 9110 §5.3). */
export function forwardedFor({ headers }: AnyRequest): string | undefined {
  const value = headers['x-forwarded-for'];
  return Array.isArray(value) ? value.join() : value;
}
