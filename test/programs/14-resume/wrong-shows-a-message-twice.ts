// Your reader shows a message again that a restarted server has under a new number: sender and id are the same.
export * from '../../../solutions/14-resume.ts';

import { RoomReader as Plain } from './right-plain-arrays.ts';

export class RoomReader extends Plain {
  protected override isNew(): boolean {
    return true;
  }
}
