/** The groups, by the first number of a case. `ours`: the public suite has no cases there. */
export const groups: readonly { id: string; title: string; ours?: true }[] = [
  { id: '0', title: 'Opening handshake', ours: true },
  { id: '1', title: 'Framing' },
  { id: '2', title: 'Pings and pongs' },
  { id: '3', title: 'Reserved bits' },
  { id: '4', title: 'Opcodes' },
  { id: '5', title: 'Fragmentation' },
  { id: '6', title: 'UTF-8' },
  { id: '7', title: 'Closing' },
  { id: '9', title: 'Limits and large messages' },
  { id: '10', title: 'Automatic fragmentation' },
  { id: '12', title: 'Compression, kinds of data' },
  { id: '13', title: 'Compression, parameters' },
  { id: '14', title: 'Compressed frames', ours: true },
];
