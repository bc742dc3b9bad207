// Your reader shows a message although one before it is missing: the missing one comes too late, and is lost.
export * from '../../../solutions/14-resume.ts';

import type { RoomMessage } from '#labs/10-protocol';
import { RoomReader as Plain } from './right-plain-arrays.ts';

export class RoomReader extends Plain {
  protected override onGap(message: RoomMessage): 'show' {
    if (this.position) this.position.seq = message.seq;
    return 'show';
  }
}
