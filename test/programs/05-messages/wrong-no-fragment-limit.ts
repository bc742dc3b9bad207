// You do not count fragments: a message of endlessly many small ones is never too long (RFC 6455 §10.4).
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  constructor(handler: MessageHandler, limits?: MessageLimits) {
    super(handler, { ...limits, maxFragments: Number.POSITIVE_INFINITY });
  }
}
