import {
  type AsyncComponentLoader,
  type Component,
  defineAsyncComponent,
  defineComponent,
  getCurrentInstance,
  h,
} from 'vue';

/**
 * A component that stays as the page was sent with it: no script takes it over (Vue's hydration), and its own is not
 * even loaded. It is drawn in the browser only for whoever comes from another page. Not for what moves, is clicked, or
 * changes with the page around it; its template has one root.
 */
export function asDrawn(loader: AsyncComponentLoader): Component {
  const Drawing = defineAsyncComponent(loader);
  return defineComponent({
    inheritAttrs: false,
    setup(_, { attrs, slots }) {
      // Where a page was sent whole, Vue has noted the element that it finds there.
      const sent = getCurrentInstance()?.vnode.el as Element | null;
      return sent ? () => h(sent.localName) : () => h(Drawing, attrs, slots);
    },
  });
}
