// All your messages live in the same buffer: the next one overwrites what the application still holds.
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

const shared = Buffer.alloc(2 * 1024 * 1024);

export class MessageAssembler extends Right {
  constructor(handler: MessageHandler, limits?: MessageLimits) {
    const onMessage = (data: Buffer, isBinary: boolean) => {
      data.copy(shared);
      handler.onMessage(shared.subarray(0, data.length), isBinary);
    };
    super({ ...handler, onMessage }, limits);
  }
}
