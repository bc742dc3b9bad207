// Your log takes two people’s messages for one because their ids are the same: an id is unique for its sender only.
export * from '../../../solutions/14-resume.ts';

import type { Post } from '../../../solutions/14-resume.ts';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  protected override recall({ id }: Post): number | undefined {
    return this.posted.find((each) => each.id === id)?.seq;
  }
}
