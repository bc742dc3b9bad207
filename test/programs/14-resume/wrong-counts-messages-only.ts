// Your log counts messages and not their length: five hundred long ones are two million characters a room.
export * from '../../../solutions/14-resume.ts';

import type { RoomLogOptions } from '../../../solutions/14-resume.ts';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  constructor(room: string, options: RoomLogOptions = {}) {
    super(room, { ...options, maxContentLength: Number.POSITIVE_INFINITY });
  }
}
