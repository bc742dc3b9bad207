// Your log recovers a position beyond its last number: it never gave that number.
export * from '../../../solutions/14-resume.ts';

import type { Position } from '#labs/10-protocol';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  protected override has({ epoch, seq }: Position): boolean {
    return epoch === this.epoch && seq + 1 >= this.oldest;
  }
}
