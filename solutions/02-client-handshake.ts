import type { HeaderList } from '#labs/01-handshake';

/** Where a `ws:` or `wss:` URL leads (RFC 6455 §3). */
export interface Target {
  /** True for `wss:`. */
  secure: boolean;
  /** The name or address to connect to; an IPv6 address without its brackets. */
  hostname: string;
  /** The URL's port, else 80 or 443. */
  port: number;
  /** The Host header's value: the port is left out when it is the scheme's default (§4.1). */
  host: string;
  /** The resource name: path, and query if there is one; never empty (§3). */
  resource: string;
}
