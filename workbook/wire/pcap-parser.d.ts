/** The part of `pcap-parser` that is used here; the package has no types. */
declare module 'pcap-parser' {
  interface GlobalHeader {
    majorVersion: number;
    minorVersion: number;
    linkLayerType: number;
  }

  interface PacketHeader {
    timestampSeconds: number;
    timestampMicroseconds: number;
    /** Bytes of the packet in the file. */
    capturedLength: number;
    /** Bytes of the packet on the wire. */
    originalLength: number;
  }

  /** What it asks of a stream. */
  interface Source {
    on(event: string, listener: (data: Buffer) => void): unknown;
    pause(): void;
    resume(): void;
  }

  interface Parser {
    on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this;
    on(event: 'packet', listener: (packet: { header: PacketHeader; data: Buffer }) => void): this;
  }

  const pcapParser: { parse(source: Source): Parser };
  export default pcapParser;
}
