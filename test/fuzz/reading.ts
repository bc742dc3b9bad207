import fc from 'fast-check';
import { ProtocolError } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { MessageAssembler } from '#labs/05-messages';
import { type DeflateParameters, PermessageDeflate } from '#labs/07-compression';
import { limits, type Role, tellClose, tellControl, tellMessage } from './streams.ts';

/** What a reader made of a stream. */
export interface Reading {
  /** What the application heard. */
  told: string[];
  /** The close code with which the reader fails the connection; undefined while it reads on, or after a Close. */
  fails?: number;
  /** The reader's own words for it. */
  why?: string;
  /** Only of `ws`: why it no longer knows where it is in the compressed stream. */
  lost?: 'final block' | 'no bytes';
}

/** Lengths of chunks, used again and again until the stream is used up. */
export const chunkings = fc.oneof(
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
  fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 6 }),
);

/** The most chunks made of one stream: a long one in single bytes would take all the time. */
const mostChunks = 2_000;

/** The stream in chunks of about these lengths, each a copy. */
export function inChunks(stream: Uint8Array, lengths: readonly number[]): Buffer[] {
  const least = Math.ceil(stream.length / mostChunks);
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += chunks.at(-1)?.length ?? 0) {
    const length = Math.max(least, lengths[chunks.length % lengths.length]);
    chunks.push(Buffer.from(stream.subarray(at, at + length)));
  }
  return chunks;
}

/**
 * Reads with the parser of lab 04 and the assembler of lab 05, and in between the extension of lab 07 if there
 * are parameters for it. An error they do not document is thrown on.
 */
export function read(role: Role, chunks: readonly Buffer[], parameters?: DeflateParameters): Reading {
  const told: string[] = [];
  let closed = false;
  const assembler = new MessageAssembler(
    {
      onMessage: (data, isBinary) => told.push(tellMessage(data, isBinary)),
      onPing: (payload) => told.push(tellControl(9, payload)),
      onPong: (payload) => told.push(tellControl(10, payload)),
      onClose: (code, reason) => {
        told.push(tellClose(code, Buffer.from(reason)));
        closed = true;
      },
    },
    limits,
  );
  const extension = parameters && new PermessageDeflate({ role, parameters, ...limits });
  const parser = new FrameParser({ role, ...limits, allowRsv1: extension !== undefined }, (frame) => {
    if (closed) return;
    const received = extension ? extension.receive(frame) : frame;
    if (received) assembler.push(received);
  });
  try {
    for (const chunk of chunks) if (!closed) parser.push(chunk);
  } catch (error) {
    // Frames after a Close are dropped; so is an error in them (RFC 6455 §5.5.1).
    if (error instanceof ProtocolError && closed) return { told };
    if (!(error instanceof ProtocolError) || ![1002, 1007, 1009].includes(error.closeCode)) throw error;
    return { told, fails: error.closeCode, why: error.message };
  }
  return { told };
}
