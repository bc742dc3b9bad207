// You make a message of each frame; it ends with the frame that has FIN (RFC 6455 §5.4).
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, (event) => {
      if (event.kind === 'message') return;
      tell(event);
      if (event.kind !== 'frame' || !event.type || !event.payload) return;
      tell({ kind: 'message', type: event.type, data: event.payload });
    });
  }
}
