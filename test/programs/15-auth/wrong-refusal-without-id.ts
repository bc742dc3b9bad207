// Your refusals do not name the message: a client with ten under way cannot tell which one was refused.
import { type ClientMessage, Refusal, type User } from '#labs/10-protocol';
import { type Access, authorize as right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function authorize(message: ClientMessage, access: Access): User {
  try {
    return right(message, access);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.reply.code, error.message);
    throw error;
  }
}
