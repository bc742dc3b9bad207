import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A request of HTTP/1.1 or HTTP/2. */
export type AnyRequest = IncomingMessage | Http2ServerRequest;

/**
 * The origin of our own page, as a browser that sent this request would write it (RFC 6454 §6.2); undefined where
 * `Host` cannot be believed. A name in clear text may be anyone's, led here by DNS (rebinding): then `Host` and
 * `Origin` agree, and the page is theirs. Addresses and `localhost` are not looked up, and TLS asks for a
 * certificate of the name.
 */
export function ownOrigin(request: AnyRequest): string | undefined {
  const host = hostOf(request.headers);
  if (host === undefined) return undefined;
  if (request.httpVersionMajor === 2 || request.socket instanceof TLSSocket) return `https://${host}`;
  return isLookedUp(host) ? undefined : `http://${host}`;
}

/** Whether a host, with a port perhaps, is a name that DNS answers for. */
function isLookedUp(host: string): boolean {
  const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) === 0 && !/^([^.]+\.)*localhost$/i.test(name);
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
