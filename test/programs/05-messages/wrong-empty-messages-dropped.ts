// You drop empty messages; a message of no bytes is a message (RFC 6455 §5.4).
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  constructor(handler: MessageHandler, limits?: MessageLimits) {
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (data.length > 0) handler.onMessage(data, isBinary);
    };
    super({ ...handler, onMessage }, limits);
  }
}
