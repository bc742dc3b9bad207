// At the end of the capture you forget what waited behind a hole; it is there to be read.
import { Reassembler as Right } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  override end(): void {}
}
