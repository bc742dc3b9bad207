const appScript = /<script type="module" src="([^"]+)"><\/script>/g;
const modulePreload = /<link rel="modulepreload" /g;

/** A tab in the background is not painted: after so many ms it need not be. */
const patienceMs = 1_000;

/**
 * For VitePress's `transformHtml`: a page is sent whole, so it is painted before the site's script takes it over.
 * Scripts are asked for at once, and give way to the style sheet; the one that takes over begins after the first
 * paint.
 *
 * @throws Error when VitePress writes its script in another way.
 */
export function paintFirst(html: string): string {
  if (html.match(appScript)?.length !== 1)
    throw new Error('A page has not the one script that VitePress begins with.');
  return html.replace(modulePreload, '$&fetchpriority="low" ').replace(appScript, (_, path: string) => {
    // A module that is imported twice is run once.
    const begin = `const begin=()=>import(${JSON.stringify(path)});requestAnimationFrame(()=>setTimeout(begin));setTimeout(begin,${patienceMs})`;
    return `<link rel="modulepreload" fetchpriority="low" href="${path}"><script>{${begin}}</script>`;
  });
}
