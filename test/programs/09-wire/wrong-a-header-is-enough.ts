// You take a segment for frames once its first header is legal; two random bytes are that too often.
import { decodeHeader } from '#labs/03-frames';
import type { FrameParserOptions } from '#labs/04-frame-parser';

export * from '../../../solutions/09-wire.ts';

export function holdsWholeFrames(bytes: Buffer, _cut: number, { role }: FrameParserOptions): boolean {
  const header = decodeHeader(bytes);
  return header !== undefined && header.opcode < 11 && header.masked === (role === 'server');
}
