// Your limit is one too low: a message as long as the limit is allowed.
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  constructor(handler: MessageHandler, limits: MessageLimits = {}) {
    super(handler, { ...limits, maxMessageLength: (limits.maxMessageLength ?? 1_048_576) - 1 });
  }
}
