/**
 * Where a rule stands: `6455 §5.2`, `9110 §7.8`, `WHATWG URL §4.4`, `chat.v1 §errors`, made a link. A page of this
 * site begins with `/` and is to be given to `withBase`.
 */
export function sectionLink(source: string): { href: string; text: string } | undefined {
  const rfc = /^(?:RFC )?(\d{3,5})(?: §([\d.]*\d|[A-Z](?:\.[\d.]*\d)?))?/.exec(source);
  if (rfc) {
    const [, number, section] = rfc;
    const kind = section && /^[A-Z]/.test(section) ? 'appendix' : 'section';
    const anchor = section ? `#${kind}-${section}` : '';
    return {
      href: `https://www.rfc-editor.org/rfc/rfc${number}${anchor}`,
      text: `RFC ${source.replace(/^RFC /, '')}`,
    };
  }
  const standard = /^WHATWG (URL|WebSockets|Encoding|HTML)\b/i.exec(source)?.[1].toLowerCase();
  if (standard) return { href: `https://${standard}.spec.whatwg.org/`, text: source };
  const chat = /^chat\.v1 §([a-z]+)/.exec(source);
  if (chat) return { href: `/reference/protocol.html#${chat[1]}`, text: source };
  return undefined;
}
