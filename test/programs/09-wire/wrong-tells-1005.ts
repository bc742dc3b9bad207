// You tell 1005 for a Close frame without a code; that value is never on the wire (RFC 6455 §7.4.1).
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, (event) => {
      if (event.kind === 'frame' && event.opcode === 'close' && event.length === 0) event.code = 1005;
      tell(event);
    });
  }
}
