// Your guard limits the connection and not the user: twenty tabs send twenty times as much.
export * from '../../../solutions/16-limits.ts';

import { Guard as Solution } from '../../../solutions/16-limits.ts';

export class Guard extends Solution {
  override message(bytes: number): ReturnType<Solution['message']> {
    return super.message(bytes);
  }
}
