// Your reader says nothing when messages may be missing: a person must see that.
export * from '../../../solutions/14-resume.ts';

import { RoomReader as Plain } from './right-plain-arrays.ts';

export class RoomReader extends Plain {
  protected override isGap(): boolean {
    return false;
  }
}
