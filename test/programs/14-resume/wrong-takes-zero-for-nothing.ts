// Your log takes position 0 for none: who was there before the first message is told that something may be missing.
export * from '../../../solutions/14-resume.ts';

import type { Position } from '#labs/10-protocol';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  protected override has(since: Position): boolean {
    return since.seq > 0 && super.has(since);
  }
}
