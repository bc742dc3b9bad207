import type { Duplex } from 'node:stream';
import { decodeFrame, encodeFrame, type Frame } from '../../solutions/03-frames.ts';

const maskingKey = Buffer.from('37fa213d', 'hex');

/**
 * For programs that differ from the solution in what they put on the wire: every frame written to `socket`
 * passes through `rewrite`, which returns what to write in its place, or undefined for nothing.
 */
export function rewriteFrames(socket: Duplex, rewrite: (frame: Frame) => Frame | undefined): Duplex {
  const write = socket.write;
  socket.write = (bytes: Buffer, callback?: unknown) => {
    const written: Buffer[] = [];
    for (let rest = bytes, decoded = decodeFrame(rest); decoded; decoded = decodeFrame(rest)) {
      const { frame, bytesRead } = decoded;
      const rewritten = rewrite(frame);
      if (rewritten === frame) written.push(rest.subarray(0, bytesRead));
      else if (rewritten) written.push(encode(rewritten));
      rest = rest.subarray(bytesRead);
    }
    return write.call(socket, Buffer.concat(written), callback as never);
  };
  return socket;
}

function encode({ opcode, payload, fin, masked }: Frame): Buffer {
  return encodeFrame({ opcode, payload, fin, maskingKey: masked ? maskingKey : undefined });
}
