// Your server compares hosts and ports, and not the scheme: http://chat.example belongs to anyone on the way (RFC 6454 §5).
import type { OriginPolicy } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  if (origin === undefined) return allowAbsent;
  const host = hostOf(origin);
  return host !== undefined && allowed.some((each) => hostOf(each) === host);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
