import { MessageDeflate } from '../peer/deflate.ts';
import { Violation } from '../peer/reader.ts';
import type { Compression } from './case.ts';

/** The parameters of one permessage-deflate; a flag has the value `true`. */
type Parameters = Map<string, string | true>;

const known = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
]);

/** What a client sends that asks for `wanted`, and can be asked for a smaller window itself (RFC 7692 §7.1.2.2). */
export function offer(wanted: Compression): string {
  return wanted
    .map(({ noContextTakeover, maxWindowBits }) =>
      [
        'permessage-deflate; client_max_window_bits',
        ...(noContextTakeover ? ['server_no_context_takeover'] : []),
        ...(maxWindowBits ? [`server_max_window_bits=${maxWindowBits}`] : []),
      ].join('; '),
    )
    .join(', ');
}

/**
 * Reads a server's answer to such an offer. Undefined: it took none.
 *
 * @throws Violation for an answer that fits none of the offers (RFC 7692 §7.1).
 */
export function readAnswer(wanted: Compression, answer: string | undefined): MessageDeflate | undefined {
  if (!answer) return undefined;
  const [parameters, ...others] = parse(answer);
  const fits = wanted.some(
    ({ noContextTakeover, maxWindowBits }) =>
      (!noContextTakeover || parameters.has('server_no_context_takeover')) &&
      (!maxWindowBits || bits(parameters, 'server_max_window_bits') <= maxWindowBits),
  );
  if (others.length > 0 || !fits) throw new Violation(`the extension answer "${answer}" fits no offer`);
  return new MessageDeflate(direction(parameters, 'client'), direction(parameters, 'server'));
}

/** Answers a client's offer with the first of `wanted` that it allows; undefined when it allows none. */
export function answer(
  wanted: Compression,
  offered: string | undefined,
): { header: string; deflate: MessageDeflate } | undefined {
  const [parameters] = offered ? parse(offered) : [];
  if (!parameters) return undefined;
  // A window may be asked of a client only if it said that it can (RFC 7692 §7.1.2.2).
  const choice = wanted.find((each) => !each.maxWindowBits || parameters.has('client_max_window_bits'));
  if (!choice) return undefined;
  const agreed: Parameters = new Map();
  if (choice.noContextTakeover) agreed.set('client_no_context_takeover', true);
  if (choice.maxWindowBits) agreed.set('client_max_window_bits', String(choice.maxWindowBits));
  for (const name of ['server_no_context_takeover', 'server_max_window_bits']) {
    const value = parameters.get(name);
    if (value) agreed.set(name, value);
  }
  const list = [...agreed].map(([name, value]) => (value === true ? name : `${name}=${value}`));
  return {
    header: ['permessage-deflate', ...list].join('; '),
    deflate: new MessageDeflate(direction(agreed, 'server'), direction(agreed, 'client')),
  };
}

function parse(header: string): Parameters[] {
  return header.split(',').map((element) => {
    const [name, ...list] = element.split(';').map((part) => part.trim());
    if (name !== 'permessage-deflate') throw new Violation(`the extension "${name}" was not offered`);
    return new Map(
      list.map((part) => {
        const [parameter, value] = part.split('=').map((side) => side.trim());
        if (!known.has(parameter)) throw new Violation(`permessage-deflate has no "${parameter}"`);
        return [parameter, value?.replaceAll('"', '') ?? true];
      }),
    );
  });
}

function direction(parameters: Parameters, side: 'server' | 'client') {
  return {
    windowBits: bits(parameters, `${side}_max_window_bits`),
    noContextTakeover: parameters.has(`${side}_no_context_takeover`),
  };
}

function bits(parameters: Parameters, name: string): number {
  const value = parameters.get(name);
  return typeof value === 'string' ? Number(value) : 15;
}
