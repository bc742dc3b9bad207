// You keep the server's advice over a stop: it was for the connection that you have ended yourself.
import { Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  #adviceMs: number | undefined;

  override advise(ms: number): void {
    this.#adviceMs = ms;
    super.advise(ms);
  }

  override stop(): void {
    super.stop();
    if (this.#adviceMs !== undefined) super.advise(this.#adviceMs);
  }
}
