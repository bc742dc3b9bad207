// Your server compares only the end of the host: evilchat.example ends like yours, and so does every subdomain.
import type { OriginPolicy } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  if (origin === undefined) return allowAbsent;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  const own = allowed.filter((each) => URL.canParse(each)).map((each) => new URL(each));
  return own.some((each) => each.protocol === protocol && hostname.endsWith(each.hostname));
}
