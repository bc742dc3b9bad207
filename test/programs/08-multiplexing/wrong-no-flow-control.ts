// Your server reads the whole queue of a WebSocket at once; the stream's window is its backpressure (RFC 9113 §5.2).
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { Connection } from '#labs/06-connection';
import {
  type AcceptStreamOptions,
  answerConnect,
  acceptStream as right,
} from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function acceptStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: AcceptStreamOptions = {},
): Connection | undefined {
  const { status, headers: answer, protocol } = answerConnect(headers, options);
  if (status !== 200) return right(stream, headers, options);
  stream.respond({ ...answer, ':status': 200 });
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      stream.write(chunk);
      done();
    },
    final(done) {
      stream.end();
      done();
    },
    destroy(error, done) {
      if (!stream.readableEnded || !stream.writableEnded) setImmediate(() => stream.close(8));
      done(error);
    },
  });
  stream.on('data', (chunk) => socket.push(chunk));
  stream.on('end', () => socket.push(null));
  stream.on('close', () => socket.destroy());
  return new Connection(socket, { ...options, protocol, role: 'server' });
}
