/** Properties by their names in the DOM; `attributes` for the rest, `aria-…` say. */
type Properties<K extends keyof HTMLElementTagNameMap> = Omit<
  Partial<HTMLElementTagNameMap[K]>,
  'attributes'
> & {
  attributes?: Record<string, string>;
};

/**
 * Makes an element. Strings become text nodes: whatever a user wrote stays text, and never becomes markup.
 * Nothing in this client sets `innerHTML`.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { attributes, ...properties }: Properties<K> = {} as Properties<K>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element of the page's own HTML with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** Text for screen readers only. */
export function spoken(text: string): HTMLSpanElement {
  return element('span', { className: 'spoken' }, text);
}
