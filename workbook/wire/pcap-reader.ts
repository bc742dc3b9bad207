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
 * true and ends without a word where the file is cut. So it gets whole records only, each length looked at first.
 */
export class PcapReader {
  /** Hands bytes to the parser. */
  #feed: (bytes: Buffer) => void = () => {};
  /** What came and is no whole record yet, and how many bytes it takes to go on. */
  #waiting: Buffer[] = [];
  #waitingLength = 0;
  #wanted = fileHeaderLength;
  /** What the file header said; undefined before it came. */
  #format: { isBigEndian: boolean; unit: number } | undefined;
  #linkType = 0;
  /** Whole records so far. */
  #records = 0;
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
      .on('globalHeader', ({ linkLayerType }) => {
        // Above the type, there may be the length of a checksum.
        this.#linkType = linkLayerType & 0xffff;
      })
      .on('packet', ({ header, data }) => {
        const { timestampSeconds, timestampMicroseconds, originalLength } = header;
        const at =
          timestampSeconds * 1_000_000 + Math.floor(timestampMicroseconds / (this.#format?.unit ?? 1));
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
    this.#waiting.push(chunk);
    this.#waitingLength += chunk.length;
    if (this.#waitingLength < this.#wanted) return;
    const bytes = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting);
    try {
      const rest = this.#read(bytes);
      this.#waiting = rest.length > 0 ? [rest] : [];
      this.#waitingLength = rest.length;
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
    if (this.#failed || (this.#format && this.#waitingLength === 0)) return;
    this.#failed = true;
    const missing = this.#wanted - this.#waitingLength;
    if (this.#format) {
      throw new CaptureError(
        `The file ends within record ${this.#records + 1}: at least ${missing} bytes are missing.`,
        true,
      );
    }
    if (this.#waitingLength === 0) throw new CaptureError('The file is empty.', false);
    readMagic(Buffer.concat(this.#waiting));
    throw new CaptureError(`The file ends within its header: ${missing} bytes are missing.`, true);
  }

  /** Gives the parser all whole records; returns the rest. */
  #read(bytes: Buffer): Buffer {
    if (!this.#format) {
      const magic = readMagic(bytes);
      this.#format = { isBigEndian: magic.startsWith('a'), unit: unitsByMagic[magic] };
      checkVersion(bytes, this.#format.isBigEndian);
      const header = Buffer.from(bytes.subarray(0, fileHeaderLength));
      header.write(knownMagic[magic] ?? magic, 0, 'hex');
      this.#feed(header);
      bytes = bytes.subarray(fileHeaderLength);
    }
    const { isBigEndian } = this.#format;
    let end = 0;
    let length = 0;
    this.#wanted = recordHeaderLength;
    while (bytes.length - end >= recordHeaderLength) {
      length = isBigEndian ? bytes.readUInt32BE(end + 8) : bytes.readUInt32LE(end + 8);
      this.#wanted = recordHeaderLength + length;
      if (length > maxCapturedLength || bytes.length - end < this.#wanted) break;
      end += this.#wanted;
      this.#records++;
      this.#wanted = recordHeaderLength;
    }
    if (end > 0) this.#feed(bytes.subarray(0, end));
    if (length > maxCapturedLength) {
      throw new CaptureError(
        `Record ${this.#records + 1} claims ${length} bytes, more than any packet has: the file is damaged from there on.`,
        true,
      );
    }
    return bytes.subarray(end);
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

/** @throws CaptureError for a version other than 2.4: the parser knows no other. */
function checkVersion(bytes: Buffer, isBigEndian: boolean): void {
  const [major, minor] = [4, 6].map((at) => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)));
  if (major === 2 && minor === 4) return;
  throw new CaptureError(`This is a pcap file of version ${major}.${minor}; only 2.4 is read.`, false);
}
