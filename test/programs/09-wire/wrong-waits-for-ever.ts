// You wait for bytes that the receiver has acknowledged; nobody sends those again (RFC 9293 §3.4).
import { Reassembler as Right } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  override acknowledge(): void {}
}
