// Right, without lab 04's parser on the way: a frame's header is judged by itself, its payload gathered in pieces.
import { applyMask, decodeHeader, type FrameHeader, ProtocolError } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { decodeClosePayload, MessageAssembler } from '#labs/05-messages';
import { PermessageDeflate } from '#labs/07-compression';
import {
  type FrameEvent,
  type FrameReaderOptions,
  type FrameSeen,
  holdsWholeFrames,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

const limit = 16 * 1024 * 1024;
const names = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' } as const;

export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #tell: (event: FrameEvent) => void;
  /** What reads next; undefined once a rule was broken. */
  #state: 'in step' | 'lost' | undefined;
  #position = 0;
  #start: Buffer = Buffer.alloc(0);
  #frame:
    | { header: FrameHeader; bytes: Buffer; offset: number; pieces: Buffer[]; left: number; isWhole: boolean }
    | undefined;
  #message: { type: 'text' | 'binary'; compressed: boolean; isWhole: boolean } | undefined;
  #assembler: MessageAssembler | undefined;
  #deflate: PermessageDeflate | undefined;
  #hasContext: boolean;
  #hasTold = false;

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    this.#options = options;
    this.#tell = tell;
    this.#state = options.inStep === false ? 'lost' : 'in step';
    this.#hasContext = this.#state === 'in step' && options.compression !== 'unknown';
  }

  push(bytes: Buffer, cut = 0): void {
    if (this.#state === 'lost' && holdsWholeFrames(bytes, cut, this.#rules)) this.#state = 'in step';
    if (this.#state === 'in step') {
      try {
        this.#read(bytes);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#state = undefined;
        this.#tell({ kind: 'error', message: error.message });
      }
    } else {
      this.#position += bytes.length;
    }
    if (cut > 0) this.gap(cut);
  }

  gap(missing: number): void {
    if (!this.#state) return;
    this.#tell({ kind: 'gap', missing });
    this.#position += missing;
    const frame = this.#frame;
    const left = frame ? frame.left - missing : -1;
    if (frame) {
      frame.isWhole = false;
      frame.left = Math.max(0, left);
      if (left <= 0) this.#finish();
    }
    if (left >= 0) return;
    this.#state = 'lost';
    this.#start = Buffer.alloc(0);
    this.#lose(true);
  }

  get #rules() {
    const { from, compression } = this.#options;
    const role = from === 'client' ? 'server' : 'client';
    return { role, maxPayloadLength: limit, allowRsv1: compression !== undefined } as const;
  }

  #read(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#start, chunk]);
    const offset = this.#position - this.#start.length;
    this.#position += chunk.length;
    this.#start = Buffer.alloc(0);
    let at = 0;
    while (at < bytes.length) {
      if (!this.#frame) {
        const header = decodeHeader(bytes, at);
        if (!header) {
          this.#start = bytes.subarray(at);
          return;
        }
        const head = bytes.subarray(at, at + header.headerLength);
        // A parser that sees a header alone judges it, and holds nothing else.
        new FrameParser(this.#rules, () => {}).push(Buffer.from(head));
        this.#frame = {
          header,
          bytes: head,
          offset: offset + at,
          pieces: [],
          left: header.payloadLength,
          isWhole: true,
        };
        at += header.headerLength;
      }
      const piece = bytes.subarray(at, at + this.#frame.left);
      this.#frame.pieces.push(piece);
      this.#frame.left -= piece.length;
      at += piece.length;
      if (this.#frame.left === 0) this.#finish();
    }
  }

  #finish(): void {
    const frame = this.#frame;
    if (!frame) return;
    this.#frame = undefined;
    const { header, bytes, offset, isWhole } = frame;
    const { fin, rsv1, rsv2, rsv3, opcode, masked } = header;
    const payload = Buffer.concat(frame.pieces);
    if (masked) applyMask(payload, bytes.subarray(-4));
    const seen: FrameSeen = {
      kind: 'frame',
      fin,
      rsv1,
      opcode: names[opcode as keyof typeof names],
      masked,
      length: header.payloadLength,
      offset,
      header: bytes,
      payload: isWhole ? payload : undefined,
    };
    if (opcode >= 8) {
      if (opcode === 8) this.#close(seen);
      else this.#tell(seen);
      return;
    }
    if (opcode > 0)
      this.#message = { type: opcode === 1 ? 'text' : 'binary', compressed: rsv1, isWhole: true };
    const message = this.#message;
    this.#tell({ ...seen, type: message?.type, compressed: message?.compressed });
    if (!isWhole) this.#lose(message?.compressed ?? true);
    if (message?.isWhole && message.compressed && !this.#hasContext) this.#refuse(message);
    if (fin) this.#message = undefined;
    if (message ? !message.isWhole : this.#assembler === undefined && this.#wasLost) return;
    const given = { fin, rsv1, rsv2, rsv3, opcode, masked, payload };
    this.#deflate ??= this.#newDeflate();
    const whole = this.#deflate ? this.#deflate.receive(given) : given;
    this.#assembler ??= this.#newAssembler();
    if (whole) this.#assembler.push(whole);
  }

  #wasLost = false;

  /** Whatever message was under way is not whole; others may depend on it. */
  #lose(isCompressed: boolean): void {
    this.#wasLost = true;
    this.#assembler = undefined;
    if (this.#message) this.#message.isWhole = false;
    if (this.#state === 'lost') this.#message = undefined;
    if (!isCompressed) return;
    this.#deflate = undefined;
    const { from, compression } = this.#options;
    if (compression === undefined || compression === 'unknown') this.#hasContext = false;
    else if (from === 'client') this.#hasContext = compression.clientNoContextTakeover;
    else this.#hasContext = compression.serverNoContextTakeover;
  }

  #refuse(message: { isWhole: boolean }): void {
    message.isWhole = false;
    if (!this.#hasTold) this.#tell({ kind: 'error', message: 'what it is a copy of is missing' });
    this.#hasTold = true;
  }

  #close(seen: FrameSeen): void {
    let told = seen;
    try {
      const { code, reason } = decodeClosePayload(seen.payload ?? Buffer.alloc(0));
      if (code !== 1005) told = { ...seen, code, reason };
    } finally {
      this.#tell(told);
    }
  }

  #newAssembler(): MessageAssembler {
    const ignore = () => {};
    const onMessage = (data: Buffer, isBinary: boolean) =>
      this.#tell({ kind: 'message', type: isBinary ? 'binary' : 'text', data });
    const limits = { maxMessageLength: limit, maxFragments: Number.MAX_SAFE_INTEGER };
    return new MessageAssembler({ onMessage, onPing: ignore, onPong: ignore, onClose: ignore }, limits);
  }

  #newDeflate(): PermessageDeflate | undefined {
    const { compression } = this.#options;
    if (compression === undefined || compression === 'unknown') return undefined;
    return new PermessageDeflate({
      role: this.#rules.role,
      parameters: compression,
      maxMessageLength: limit,
    });
  }
}
