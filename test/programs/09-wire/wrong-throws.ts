// You throw when a rule is broken; the other direction and the other connections have to go on.
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, (event) => {
      if (event.kind === 'error') throw new Error(event.message);
      tell(event);
    });
  }
}
