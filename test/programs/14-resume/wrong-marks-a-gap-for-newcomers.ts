// Your reader marks a gap for one who was never here: nothing of theirs is missing.
export * from '../../../solutions/14-resume.ts';

import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { RoomReader as Plain } from './right-plain-arrays.ts';

export class RoomReader extends Plain {
  protected override isGap({ recovered }: MessageOf<ServerMessage, 'joined'>): boolean {
    return !recovered;
  }
}
