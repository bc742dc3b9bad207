import {
  applyMask,
  decodeHeader,
  type Frame,
  type FrameHeader,
  Opcode,
  ProtocolError,
} from '#labs/03-frames';
import { Unfinished } from '../workbook/unfinished.ts';

export interface FrameParserOptions {
  /** The side that parses: a server takes masked frames only, a client unmasked only (RFC 6455 §5.1). */
  role: 'server' | 'client';
  /** Largest payload of one frame, in bytes. Default: 1 MiB (1,048,576). */
  maxPayloadLength?: number;
  /** Whether an extension that uses RSV1 was negotiated. Default: false. */
  allowRsv1?: boolean;
}

// TODO: constants of your own, if you like

/**
 * Takes a stream apart into frames, whatever chunks it comes in (RFC 6455 §5.2).
 *
 * A chunk is only read, and a payload handed out is a copy that is not touched again. The length in a header
 * is only a claim: room for a payload is made as it comes, at most four times what has come.
 */
export class FrameParser {
  // TODO: fields: the options, and what has to be kept between two chunks: a header that is cut, a payload that is cut

  /** `onFrame` gets each frame once it is whole, in order, during `push`. */
  constructor(options: FrameParserOptions, onFrame: (frame: Frame) => void) {
    // TODO: keep the options and the callback
    throw new Unfinished('04-frame-parser: constructor');
  }

  /**
   * Takes the next bytes of the stream: any number, cut anywhere.
   *
   * @throws ProtocolError when the peer broke a rule, after the frames before that were handed out: 1002
   * for RSV bits without an extension (RFC 6455 §5.2), a reserved opcode (§5.2), a control frame that is
   * fragmented or longer than 125 bytes (§5.5), masking wrong for the role (§5.1) or a length that
   * `decodeHeader` refuses; 1009 for a payload over the limit, before any of it is read (§7.4.1).
   * After it threw, all further bytes are ignored.
   */
  push(chunk: Buffer): void {
    // TODO: as long as there are bytes: complete a header and judge it, complete its payload, hand the frame out
    throw new Unfinished('04-frame-parser: push');
  }

  // TODO: private methods of your own, if you like
}

// TODO: helpers of your own, if you like
