import type { DeflateParameters } from '#labs/07-compression';
import { PerMessageDeflate, Receiver, type WsDeflateCallback } from '../support/peers.ts';
import type { Reading } from './reading.ts';
import { limits, type Role, tellClose, tellControl, tellMessage } from './streams.ts';

/** Reads with the receiver of `ws`, under the same limits. */
export async function readWithWs(
  role: Role,
  chunks: readonly Buffer[],
  parameters?: DeflateParameters,
): Promise<Reading> {
  const reading: Reading = { told: [] };
  const { told } = reading;
  let closed = false;
  const deflate = parameters && new WatchedDeflate(role, parameters, reading);
  const receiver = new Receiver({
    isServer: role === 'server',
    maxPayload: limits.maxMessageLength,
    maxFragments: limits.maxFragments,
    extensions: deflate && { [PerMessageDeflate.extensionName]: deflate },
  });
  receiver.on('message', (data, isBinary) => told.push(tellMessage(data, isBinary)));
  receiver.on('ping', (payload) => told.push(tellControl(9, payload)));
  receiver.on('pong', (payload) => told.push(tellControl(10, payload)));
  receiver.on('conclude', (code, reason) => {
    told.push(tellClose(code, reason));
    closed = true;
  });
  receiver.on('error', () => {});
  for (const chunk of chunks) {
    if (closed) break;
    const error = await new Promise<Error | null | undefined>((resolve) => receiver.write(chunk, resolve));
    if (!error) continue;
    reading.fails = closeCodeOf(error);
    reading.why = error.message;
    break;
  }
  deflate?.cleanup();
  return reading;
}

/** Notes what makes the inflater of `ws` lose its place in the stream although it finds nothing wrong. */
class WatchedDeflate extends PerMessageDeflate {
  readonly #reading: Reading;
  #length = 0;

  constructor(role: Role, parameters: DeflateParameters, reading: Reading) {
    super({ isServer: role === 'server', maxPayload: limits.maxMessageLength });
    this.#reading = reading;
    const { serverNoContextTakeover, clientNoContextTakeover } = parameters;
    this.params = {
      ...(serverNoContextTakeover && { server_no_context_takeover: true }),
      ...(clientNoContextTakeover && { client_no_context_takeover: true }),
      server_max_window_bits: parameters.serverMaxWindowBits,
      client_max_window_bits: parameters.clientMaxWindowBits,
    };
  }

  override decompress(data: Buffer, fin: boolean, done: WsDeflateCallback): void {
    this.#length += data.length;
    if (fin && this.#length === 0) this.#reading.lost = 'no bytes';
    if (fin) this.#length = 0;
    super.decompress(data, fin, (error, result) => {
      if (!error && this._inflate === null) this.#reading.lost = 'final block';
      done(error, result);
    });
  }
}

/** `ws` keeps the close code on its errors under a symbol of its own. */
function closeCodeOf(error: Error): number {
  const code = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  if (!code) throw error;
  return (error as unknown as Record<symbol, number>)[code];
}
