// Your server splits the Origin header and takes any part that is on the list; several origins are none (RFC 6454 §7.1).
import { type OriginPolicy, isOriginAllowed as right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, policy: OriginPolicy): boolean {
  if (origin === undefined) return policy.allowAbsent;
  return origin.split(/,? +/).some((each) => right(each, policy));
}
