// Anyone may post in any room on your server, and only the page's buttons say otherwise.
import type { ClientMessage, User } from '#labs/10-protocol';
import { type Access, authorize as right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function authorize(message: ClientMessage, access: Access): User {
  return right(message, message.type === 'chat' ? { ...access, isIn: () => true } : access);
}
