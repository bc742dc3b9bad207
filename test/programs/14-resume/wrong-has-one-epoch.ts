// Each of your logs has the same epoch: a restart is not seen.
export * from '../../../solutions/14-resume.ts';

import type { RoomLogOptions } from '../../../solutions/14-resume.ts';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  constructor(room: string, options: RoomLogOptions = {}) {
    super(room, { epoch: 'epoch', ...options });
  }
}
