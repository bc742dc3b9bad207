// You check binary messages for UTF-8; their bytes may be anything (RFC 6455 §5.6).
import { isUtf8 } from 'node:buffer';
import { ProtocolError } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  constructor(handler: MessageHandler, limits?: MessageLimits) {
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (!isUtf8(data)) throw new ProtocolError(1007, 'not UTF-8');
      handler.onMessage(data, isBinary);
    };
    super({ ...handler, onMessage }, limits);
  }
}
