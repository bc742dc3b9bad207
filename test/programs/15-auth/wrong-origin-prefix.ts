// Your server compares only the beginning of the origin: https://chat.example.evil.example begins like yours (RFC 6455 §10.2).
import type { OriginPolicy } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  if (origin === undefined) return allowAbsent;
  return allowed.some((each) => origin.startsWith(each));
}
