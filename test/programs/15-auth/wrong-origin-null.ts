// Your server lets in the origin null where it is on the list: any page gets it, from a sandboxed iframe.
import type { OriginPolicy } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  return origin === undefined ? allowAbsent : allowed.includes(origin);
}
