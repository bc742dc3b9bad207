// pcap-parser asks for node:fs, and uses none of it when it is given a stream.
export {};
