/** Link types that Linux does not record with, by their numbers in a capture's file header. */
const linkTypes = { NULL: 0, RAW: 101, LOOP: 108 } as const;

export type LinkType = keyof typeof linkTypes;

const fileHeader = 24;
const recordHeader = 16;
const ethernetHeader = 14;

/**
 * Exchanges the Ethernet header of every packet in a little-endian classic capture for that of another link
 * type: none for RAW, the address family in four bytes for NULL (in the order of the machine that recorded)
 * and LOOP (in network order). All else stays as it was.
 */
export function exchangeLinkHeaders(pcap: Buffer, linkType: LinkType): Buffer {
  const head = Buffer.from(pcap.subarray(0, fileHeader));
  head.writeUInt32LE(linkTypes[linkType], 20);
  const parts: Uint8Array[] = [head];
  for (let at = fileHeader; at < pcap.length; ) {
    const record = Buffer.from(pcap.subarray(at, at + recordHeader));
    const end = at + recordHeader + record.readUInt32LE(8);
    const packet = pcap.subarray(at + recordHeader, end);
    const linkHeader = headerFor(linkType, packet.readUInt16BE(12));
    const shorter = ethernetHeader - linkHeader.length;
    record.writeUInt32LE(record.readUInt32LE(8) - shorter, 8);
    record.writeUInt32LE(record.readUInt32LE(12) - shorter, 12);
    parts.push(record, linkHeader, packet.subarray(ethernetHeader));
    at = end;
  }
  return Buffer.concat(parts);
}

/** AF_INET is 2 everywhere. AF_INET6 is 30 on macOS (NULL) and 24 on OpenBSD (LOOP). */
function headerFor(linkType: LinkType, etherType: number): Buffer {
  const header = Buffer.alloc(linkType === 'RAW' ? 0 : 4);
  const isIpv4 = etherType === 0x0800;
  if (linkType === 'NULL') header.writeUInt32LE(isIpv4 ? 2 : 30);
  if (linkType === 'LOOP') header.writeUInt32BE(isIpv4 ? 2 : 24);
  return header;
}
