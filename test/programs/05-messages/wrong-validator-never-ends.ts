// Your validator does not notice that the text ends within a character (RFC 3629 §4).
import { Utf8Validator as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class Utf8Validator extends Right {
  override end(): boolean {
    return true;
  }
}
