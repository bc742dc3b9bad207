import { type AsyncComponentLoader, type Component, defineAsyncComponent } from 'vue';

/**
 * A component that stays as the page was sent with it: no script takes it over (Vue's hydration). It is drawn in the
 * browser only for whoever comes from another page. Not for what moves, is clicked, or changes with the page around it.
 */
export function asDrawn(loader: AsyncComponentLoader): Component {
  return defineAsyncComponent({ loader, hydrate: () => {} });
}
