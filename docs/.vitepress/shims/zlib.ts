// What the labs use of node:zlib, for pages.
import { Deflate, Inflate, Z_FINISH, Z_SYNC_FLUSH, type ZStream } from 'pako';
import { Buffer } from './buffer.ts';

export const constants = { Z_FINISH, Z_SYNC_FLUSH };

interface Options {
  /** Default: 15. */
  windowBits?: number;
  dictionary?: Uint8Array;
  /** How what was deflated ends. Default: `Z_FINISH`. */
  finishFlush?: typeof Z_FINISH | typeof Z_SYNC_FLUSH;
  /** Bytes that may come out of inflating. Default: no limit. */
  maxOutputLength?: number;
  /** Also tells how many bytes were read, as `engine.bytesWritten`. */
  info?: boolean;
}

export function deflateRawSync(
  bytes: Uint8Array,
  { windowBits, dictionary, finishFlush = Z_FINISH }: Options = {},
): Buffer {
  const deflate = new Deflate({ raw: true, ...given({ windowBits, dictionary }) });
  deflate.push(bytes, finishFlush);
  const chunks = finishFlush === Z_FINISH ? [deflate.result] : deflate.chunks;
  return Buffer.concat(chunks);
}

/**
 * @throws Error with the `code` of node:zlib: `ERR_BUFFER_TOO_LARGE` once more than `maxOutputLength` bytes have
 * come out, `Z_BUF_ERROR` for data that ends too early, `Z_DATA_ERROR` for any other that is not DEFLATE.
 */
export function inflateRawSync(
  bytes: Uint8Array,
  options: Options = {},
): Buffer | { buffer: Buffer; engine: { bytesWritten: number } } {
  const { windowBits, dictionary, maxOutputLength = Number.POSITIVE_INFINITY, info = false } = options;
  const inflate = new Inflate({ raw: true, ...given({ windowBits, dictionary }) });
  const chunks: Uint8Array[] = [];
  let length = 0;
  let stream: ZStream | undefined;
  inflate.onStart = (started) => {
    stream = started;
  };
  inflate.onData = (chunk) => {
    length += chunk.length;
    if (length > maxOutputLength) {
      throw withCode('ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${maxOutputLength} bytes`);
    }
    chunks.push(chunk);
  };
  inflate.push(bytes, Z_FINISH);
  if (inflate.err) throw withCode(inflate.err === -5 ? 'Z_BUF_ERROR' : 'Z_DATA_ERROR', inflate.msg);
  const buffer = Buffer.concat(chunks);
  return info ? { buffer, engine: { bytesWritten: stream?.next_in ?? 0 } } : buffer;
}

/** Without what is undefined: pako takes that for a value. */
function given(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
