import { encodeFrame, Opcode } from '#labs/03-frames';
import type { Connection } from '#labs/06-connection';
import { Deflater, PermessageDeflate } from '#labs/07-compression';
import { subprotocol } from '#labs/10-protocol';
import { type AcceptOptions, acceptConnect, acceptUpgrade } from '../websocket.ts';
import { chatCompression, type Engine, type EngineOptions, type OnOpen } from './engine.ts';
import { serverLimits } from './limits.ts';

// #region once-compressed
/** The window of a frame that is compressed once for many; a client that asked for less gets the plain one. */
const windowBits = 15;

/** A server's frames are not masked (RFC 6455 §5.1), so one encoded frame is right for all. */
const plainFrame = oncePerKey((payload: Buffer) => encodeFrame({ opcode: Opcode.Text, payload }));

/** Without context takeover, one compressed frame is right for all who negotiated compression. */
const compressedFrame = oncePerKey((payload: Buffer) => {
  if (payload.length < chatCompression.threshold) return plainFrame(payload);
  const deflated = new Deflater({ windowBits, noContextTakeover: true }).deflate(payload);
  return deflated ? encodeFrame({ opcode: Opcode.Text, payload: deflated, rsv1: true }) : plainFrame(payload);
});

/** Makes each frame when the first connection needs it, and forgets it with the message. */
function oncePerKey<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
// #endregion once-compressed

/** The chat on labs 01–08: yours where they pass, the reference elsewhere. */
export function labsEngine({ compression = false }: EngineOptions): Engine {
  const options: AcceptOptions = {
    protocols: [subprotocol],
    maxPayloadLength: serverLimits.maxPayloadLength,
    maxMessageLength: serverLimits.maxPayloadLength,
    closeTimeoutMs: serverLimits.closeTimeoutMs,
    compression: compression ? chatCompression : undefined,
  };
  const welcome = (connection: Connection | undefined, onOpen: OnOpen) => {
    if (!connection) return;
    const { extension } = connection;
    const takesCompressed =
      extension instanceof PermessageDeflate && extension.parameters.serverMaxWindowBits >= windowBits;
    const frameOf = takesCompressed ? compressedFrame : plainFrame;
    onOpen(connection, (text) => connection.sendFrame(frameOf(text)));
  };
  return {
    name: 'labs',
    accept(request, socket, head, onOpen) {
      welcome(acceptUpgrade(request, socket, head, options), onOpen);
    },
    acceptStream(stream, headers, onOpen) {
      welcome(acceptConnect(stream, headers, options), onOpen);
    },
    encode: (text) => Buffer.from(text),
  };
}
