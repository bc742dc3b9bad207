import pcapParser from 'pcap-parser';
import type { Packet } from '#labs/09-wire';

/** Why a file cannot be read, or not to its end; the message is for people. */
export class CaptureError extends Error {
  override name = 'CaptureError';
  /** True when it is a capture all the same: the packets before the damage were handed out. */
  readonly isCapture: boolean;

  constructor(message: string, isCapture: boolean) {
    super(message);
    this.isCapture = isCapture;
  }
}

const fileHeaderLength = 24;
const recordHeaderLength = 16;
/** No packet is longer in a file, in bytes: libpcap's own limit. */
const maxCapturedLength = 262_144;

/** The first four bytes of a pcap file, with the unit of its times: a microsecond, or a thousandth of one. */
const unitsByMagic: Record<string, number> = {
  a1b2c3d4: 1,
  d4c3b2a1: 1,
  a1b23c4d: 1000,
  '4d3cb2a1': 1000,
};
/** The same for the parser, which knows microseconds only. */
const knownMagic: Record<string, string> = { a1b23c4d: 'a1b2c3d4', '4d3cb2a1': 'd4c3b2a1' };

/**
 * Reads a pcap file, in either byte order, with times in micro- or nanoseconds: bytes in, in chunks of any size,
 * packets out.
 *
 * `pcap-parser` reads the format. It joins chunks at a cost that grows with their square, takes any length for
 * true and ends without a word where the file is cut. So it gets one header or one packet at a time, never part
 * of one, and each length is looked at first.
 */
export class PcapReader {
  /** Hands bytes to the parser. */
  #feed: (bytes: Buffer) => void = () => {};
  /** How many bytes the parser gets next: a header or a packet. */
  #wanted = fileHeaderLength;
  /** The first of them, if they are not all there. */
  #waiting: Buffer[] = [];
  #waitingLength = 0;
  /** Ticks of the file's clock in a microsecond. */
  #unit = 1;
  #linkType = 0;
  /** Records whose header was read. */
  #records = 0;
  #hasBegun = false;
  #isInRecord = false;
  #failed = false;

  constructor(onPacket: (packet: Packet) => void) {
    const source = {
      on: (event: string, listener: (bytes: Buffer) => void) => {
        if (event === 'data') this.#feed = listener;
      },
      pause() {},
      resume() {},
    };
    pcapParser
      .parse(source)
      .on('globalHeader', ({ majorVersion, minorVersion, linkLayerType }) => {
        if (majorVersion !== 2 || minorVersion !== 4) {
          throw new CaptureError(
            `This is a pcap file of version ${majorVersion}.${minorVersion}; only 2.4 is read.`,
            false,
          );
        }
        // Above the type, there may be the length of a checksum.
        this.#linkType = linkLayerType & 0xffff;
        this.#wanted = recordHeaderLength;
      })
      .on('packetHeader', ({ capturedLength }) => {
        this.#records++;
        if (capturedLength > maxCapturedLength) {
          throw new CaptureError(
            `Record ${this.#records} claims ${capturedLength} bytes, more than any packet has: the file is damaged from there on.`,
            true,
          );
        }
        this.#wanted = capturedLength;
        this.#isInRecord = true;
      })
      .on('packet', ({ header, data }) => {
        this.#wanted = recordHeaderLength;
        this.#isInRecord = false;
        const { timestampSeconds, timestampMicroseconds, originalLength } = header;
        const at = timestampSeconds * 1_000_000 + Math.floor(timestampMicroseconds / this.#unit);
        onPacket({ at, linkType: this.#linkType, data, originalLength });
      });
  }

  /**
   * Takes the next bytes of the file.
   *
   * @throws CaptureError for a file that is no pcap file, or is damaged; all further bytes are ignored.
   */
  push(chunk: Buffer): void {
    if (this.#failed) return;
    try {
      let at = 0;
      while (at < chunk.length) {
        const taken = chunk.subarray(at, at + this.#wanted - this.#waitingLength);
        at += taken.length;
        this.#take(taken);
      }
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  /**
   * The file is over.
   *
   * @throws CaptureError when it ends within something.
   */
  end(): void {
    if (this.#failed || (this.#hasBegun && !this.#isInRecord && this.#waitingLength === 0)) return;
    this.#failed = true;
    const missing = this.#wanted - this.#waitingLength;
    if (this.#hasBegun) {
      const record = this.#records + (this.#isInRecord ? 0 : 1);
      throw new CaptureError(
        `The file ends within record ${record}: at least ${missing} bytes are missing.`,
        true,
      );
    }
    const bytes = Buffer.concat(this.#waiting);
    if (bytes.length === 0) throw new CaptureError('The file is empty.', false);
    readMagic(bytes);
    throw new CaptureError(`The file ends within its header: ${missing} bytes are missing.`, true);
  }

  /** Gives the parser what it wants, once it is all there. */
  #take(bytes: Buffer): void {
    const length = this.#waitingLength + bytes.length;
    if (length < this.#wanted) {
      this.#waiting.push(bytes);
      this.#waitingLength = length;
      return;
    }
    const whole = this.#waiting.length > 0 ? Buffer.concat([...this.#waiting, bytes]) : bytes;
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#feed(this.#hasBegun ? whole : this.#begin(whole));
  }

  /** Looks at the file's header, and makes it one that the parser knows. */
  #begin(header: Buffer): Buffer {
    const magic = readMagic(header);
    this.#hasBegun = true;
    this.#unit = unitsByMagic[magic];
    return Buffer.concat([Buffer.from(knownMagic[magic] ?? magic, 'hex'), header.subarray(4)]);
  }
}

/** @throws CaptureError for the start of a file that is no pcap file; it says what to do, where that is known. */
function readMagic(bytes: Buffer): string {
  const magic = bytes.toString('hex', 0, 4);
  if (magic in unitsByMagic) return magic;
  if (magic === '0a0d0d0a') {
    throw new CaptureError(
      'This is a pcapng file, and pcap is read here. Convert it: editcap -F pcap in.pcapng out.pcap',
      false,
    );
  }
  if (magic.startsWith('1f8b'))
    throw new CaptureError('This file is packed by gzip: unpack it first.', false);
  throw new CaptureError(
    'This is no capture: a pcap file begins with a1b2c3d4, in either byte order.',
    false,
  );
}
