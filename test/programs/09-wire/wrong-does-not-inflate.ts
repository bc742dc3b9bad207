// You hand out compressed messages as they are, or not at all; the handshake said how to inflate them (RFC 7692 §7.2.2).
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super({ ...options, ...(options.compression && { compression: 'unknown' }) }, (event) => {
      if (event.kind !== 'error') tell(event);
    });
  }
}
