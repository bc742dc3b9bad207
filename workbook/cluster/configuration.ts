import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workbookRoot } from '../course.ts';

/** A shipped configuration, as it stands in `deploy/`. */
export function shippedConfiguration(name: 'haproxy.cfg' | 'nginx.conf'): string {
  return readFileSync(join(workbookRoot, 'deploy', name), 'utf8');
}

/**
 * The text with the lines that match replaced by others, which stand where the first of them stood, at its
 * indent.
 *
 * @throws Error when no line matches: the file has changed, and its reader has not.
 */
export function replaceLines(text: string, pattern: RegExp, replacement: readonly string[]): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => pattern.test(line));
  if (first === -1) throw new Error(`no line matches ${pattern}`);
  const indent = /^\s*/.exec(lines[first])?.[0] ?? '';
  return lines
    .flatMap((line, index) => {
      if (index === first) return replacement.map((other) => indent + other);
      return pattern.test(line) ? [] : [line];
    })
    .join('\n');
}

/** The shipped HAProxy, for this machine: on this port, in front of these nodes (`127.0.0.1:40123`). */
export function haproxyFor(port: number, nodes: readonly string[]): string {
  const servers = nodes.map((address, index) => `server node${index + 1} ${address}`);
  const text = replaceLines(shippedConfiguration('haproxy.cfg'), /^\s*server node/, servers);
  return replaceLines(text, /^\s*bind :80$/, [`bind 127.0.0.1:${port}`]);
}
