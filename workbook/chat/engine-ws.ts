import { type ServerOptions, WebSocketServer } from 'ws';
import { subprotocol } from '#labs/10-protocol';
import type { Engine } from './engine.ts';
import { serverLimits } from './limits.ts';

const options: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: serverLimits.maxPayloadLength,
  closeTimeout: serverLimits.closeTimeoutMs,
  handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
};
const server = new WebSocketServer(options);

/** The chat on the `ws` package: the yardstick for the labs. */
export const wsEngine: Engine = {
  name: 'ws',
  accept(request, socket, head, onOpen) {
    server.handleUpgrade(request, socket, head, (connection) => {
      onOpen(connection, (encoded) => connection.send(encoded, { binary: false }));
    });
  },
  /** UTF-8 once; `ws` puts the header before it a connection. */
  encode: (text) => Buffer.from(text),
};
