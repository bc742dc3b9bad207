// You await between the look and the note: two who ask at once both find the key free.
import { MemoryClaims as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class MemoryClaims extends Right {
  override async claim(key: string, lifetimeMs: number): Promise<boolean> {
    if (await this.isClaimed(key)) return false;
    await super.claim(key, lifetimeMs);
    return true;
  }
}
