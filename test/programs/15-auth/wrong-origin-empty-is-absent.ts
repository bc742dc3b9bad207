// You take an empty Origin for none at all: !origin is true for both.
import { type OriginPolicy, isOriginAllowed as right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, policy: OriginPolicy): boolean {
  return origin ? right(origin, policy) : policy.allowAbsent;
}
