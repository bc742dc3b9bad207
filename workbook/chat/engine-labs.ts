import { encodeFrame, Opcode } from '#labs/03-frames';
import { subprotocol } from '#labs/10-protocol';
import { acceptUpgrade } from '../websocket.ts';
import type { Engine } from './engine.ts';
import { serverLimits } from './limits.ts';

/** The chat on labs 01–06: yours where they pass, the reference elsewhere. */
export const labsEngine: Engine = {
  name: 'labs',
  accept(request, socket, head, onOpen) {
    const connection = acceptUpgrade(request, socket, head, {
      protocols: [subprotocol],
      maxPayloadLength: serverLimits.maxPayloadLength,
      maxMessageLength: serverLimits.maxPayloadLength,
      closeTimeoutMs: serverLimits.closeTimeoutMs,
    });
    if (connection) onOpen(connection, (encoded) => connection.sendFrame(encoded));
  },
  /** A server's frames are not masked (RFC 6455 §5.1), so one encoded frame is right for all. */
  encode: (text) => encodeFrame({ opcode: Opcode.Text, payload: Buffer.from(text) }),
};
