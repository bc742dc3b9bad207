// Before auth your server answers pings: whoever sends one now and then keeps a connection that is nobody's busy.
import type { ClientMessage, User } from '#labs/10-protocol';
import { type Access, authorize as right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function authorize(message: ClientMessage, access: Access): User {
  return message.type === 'ping' ? (access.user ?? { id: '', name: '' }) : right(message, access);
}
