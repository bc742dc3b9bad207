// Your server closes at the first bad ticket: a page whose ticket was a second too old cannot send its next one.
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  readonly #close: AdmissionOptions['close'];

  constructor(options: AdmissionOptions) {
    super(options);
    this.#close = options.close;
  }

  override async authenticate(ticket: string): Promise<Identity> {
    try {
      return await super.authenticate(ticket);
    } catch (error) {
      if ((error as Error).message.startsWith('This ticket')) {
        this.stop();
        this.#close(1008, 'bad ticket');
      }
      throw error;
    }
  }
}
