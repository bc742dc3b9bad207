// Your reader goes back to where a late answer was: what came since is asked for again.
export * from '../../../solutions/14-resume.ts';

import { RoomReader as Plain } from './right-plain-arrays.ts';

export class RoomReader extends Plain {
  protected override isLate(): boolean {
    return false;
  }
}
