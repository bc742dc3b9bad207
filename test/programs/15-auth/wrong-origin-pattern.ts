// The dots in your pattern match any character: chatxexample is somebody else's (RFC 6454 §5).
import type { OriginPolicy } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  if (origin === undefined) return allowAbsent;
  if (origin === 'null') return false;
  return allowed.some((each) => new RegExp(`^${each.replace('[', '\\[')}$`).test(origin));
}
