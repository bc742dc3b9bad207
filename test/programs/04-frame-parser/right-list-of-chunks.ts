// Right, and simple: the bytes that came wait in a list, and are joined only once a whole frame is among them.
import { decodeFrame, decodeHeader, type Frame, type FrameHeader, ProtocolError } from '#labs/03-frames';
import type { FrameParserOptions } from '../../../solutions/04-frame-parser.ts';

export class FrameParser {
  protected readonly options: FrameParserOptions;
  protected readonly onFrame: (frame: Frame) => void;
  /** Bytes that are not parsed yet, and how many must be there before it is worth a look. */
  protected waiting: Buffer[] = [];
  protected available = 0;
  protected needed = 2;
  protected failed = false;

  constructor(options: FrameParserOptions, onFrame: (frame: Frame) => void) {
    this.options = options;
    this.onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    if (this.failed) return;
    this.keep(chunk);
    if (this.available < this.needed) return;
    const bytes = Buffer.concat(this.waiting);
    this.failed = true;
    const rest = bytes.subarray(this.readFrames(bytes));
    this.failed = false;
    this.waiting = [rest];
    this.available = rest.length;
  }

  protected keep(chunk: Buffer): void {
    this.waiting.push(chunk);
    this.available += chunk.length;
  }

  /** Hands out the whole frames; returns where the first that is not whole begins. */
  protected readFrames(bytes: Buffer): number {
    let at = 0;
    while (true) {
      const header = decodeHeader(bytes, at);
      if (!header) {
        this.needed = bytes.length - at + 1;
        return at;
      }
      this.judge(header);
      const end = at + header.headerLength + header.payloadLength;
      if (end > bytes.length) {
        this.needed = end - at;
        return at;
      }
      const decoded = decodeFrame(bytes.subarray(at, end));
      if (decoded) this.handOut(decoded.frame);
      at = end;
    }
  }

  protected handOut(frame: Frame): void {
    this.onFrame(frame);
  }

  protected judge(header: FrameHeader): void {
    this.judgeReservedBits(header);
    this.judgeOpcode(header);
    this.judgeControl(header);
    this.judgeMask(header);
    this.judgeLength(header);
  }

  protected judgeReservedBits({ rsv1, rsv2, rsv3 }: FrameHeader): void {
    if ((rsv1 && !this.options.allowRsv1) || rsv2 || rsv3) throw new ProtocolError(1002, 'reserved bit');
  }

  protected judgeOpcode({ opcode }: FrameHeader): void {
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) throw new ProtocolError(1002, 'reserved opcode');
  }

  protected judgeControl({ opcode, fin, payloadLength }: FrameHeader): void {
    if (opcode >= 8 && !fin) throw new ProtocolError(1002, 'fragmented control frame');
    if (opcode >= 8 && payloadLength > 125) throw new ProtocolError(1002, 'long control frame');
  }

  protected judgeMask({ masked }: FrameHeader): void {
    if (masked !== (this.options.role === 'server')) throw new ProtocolError(1002, 'wrong masking');
  }

  protected judgeLength({ payloadLength }: FrameHeader): void {
    const { maxPayloadLength = 1_048_576 } = this.options;
    if (payloadLength > maxPayloadLength) throw new ProtocolError(1009, 'too big');
  }
}
