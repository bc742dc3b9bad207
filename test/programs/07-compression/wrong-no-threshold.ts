// You compress messages of a few bytes: that costs time and gains nothing. Leave those below the threshold as they are.
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    super({ ...options, threshold: 0 });
  }
}
