import { createHash } from 'node:crypto';

/** Header fields in the order they came, names in any case, a name possibly more than once (RFC 9110 §5.2). */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A parsed HTTP request that asks for an upgrade. */
export interface UpgradeRequest {
  /** As it came: `GET`. Methods are case-sensitive (RFC 9110 §9.1). */
  method: string;
  /** `1.1` */
  httpVersion: string;
  headers: HeaderList;
}

export interface HandshakeOptions {
  /** Subprotocols this server speaks, in its order of preference. Default: none. */
  protocols?: readonly string[];
}

/** The server's answer: 101 and the connection is a WebSocket, anything else and it is not. */
export interface HandshakeAnswer {
  status: number;
  headers: HeaderList;
  /** The subprotocol chosen, or `''` for none. */
  protocol: string;
  /** Why it was refused, for a person to read; `''` with 101. Sent as the body. */
  reason: string;
}
