import { type ServerOptions, WebSocketServer } from 'ws';
import { subprotocol } from '#labs/10-protocol';
import { chatCompression, type Engine, type EngineOptions } from './engine.ts';
import { serverLimits } from './limits.ts';

/** The chat on the `ws` package: the yardstick for the labs. */
export function wsEngine({ compression = false }: EngineOptions): Engine {
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: compression && chatCompression,
    maxPayload: serverLimits.maxPayloadLength,
    closeTimeout: serverLimits.closeTimeoutMs,
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  };
  const server = new WebSocketServer(options);
  return {
    name: 'ws',
    accept(request, socket, head, onOpen) {
      server.handleUpgrade(request, socket, head, (connection) => {
        onOpen(connection, (encoded) => connection.send(encoded, { binary: false }));
      });
    },
    /** UTF-8 once; `ws` compresses it, and puts the header before it, a connection. */
    encode: (text) => Buffer.from(text),
  };
}
