// Your offsets count payload only; headers are bytes too.
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    let offset = 0;
    super(options, (event) => {
      if (event.kind === 'frame') {
        event.offset = offset;
        offset += event.length;
      }
      tell(event);
    });
  }
}
