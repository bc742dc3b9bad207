const script = /<(?:script type="module" src|link rel="modulepreload" href)=/g;

/**
 * For VitePress's `transformHtml`: a page is sent whole, so its scripts give way to its style sheet, and it is painted
 * before they take it over.
 *
 * @throws Error when VitePress writes its scripts in another way.
 */
export function paintFirst(html: string): string {
  if (html.match(script) === null) throw new Error('A page has no script of the kind that VitePress writes.');
  return html.replace(script, (tag) => tag.replace(' ', ' fetchpriority="low" '));
}
