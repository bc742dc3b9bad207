import { reactive, ref } from 'vue';
import type { WireNote } from '../../../workbook/chat/live-wire.ts';
import type { FromWorkbook } from '../../../workbook/site/protocol.ts';
import type { Verdict } from '../../../workbook/verdict.ts';

// Where the learner stands, as `npm start` tells it. In the built site, and under a dev server without the
// workbook, nobody answers: `live` stays false.

/** True once the workbook has answered. */
export const live = ref(false);
export const chatUrl = ref<string>();
/** Whether this page may watch the chat's wire. */
export const wireIsShown = ref(false);
const verdicts = reactive(new Map<string, Verdict>());
const checking = reactive(new Set<string>());

/** The last verdict of a lab; undefined before the first. Reactive. */
export function verdictOf(lab: string): Verdict | undefined {
  return verdicts.get(lab);
}

/** Whether a lab's checks are running now. Reactive. */
export function isChecking(lab: string): boolean {
  return checking.has(lab);
}

/** Hears what passes on the chat's WebSockets from now on; the function that comes back stops it. */
export function watchWire(listener: (notes: WireNote[]) => void): () => void {
  hear('wire:notes', listener);
  import.meta.hot?.send('wire:watch');
  return () => {
    import.meta.hot?.off('wire:notes', listener);
    import.meta.hot?.send('wire:ignore');
  };
}

function hear<Event extends keyof FromWorkbook>(event: Event, listener: (data: FromWorkbook[Event]) => void) {
  import.meta.hot?.on(event, listener);
}

if (import.meta.hot) {
  hear('workbook:state', (state) => {
    live.value = true;
    chatUrl.value = state.chatUrl;
    wireIsShown.value = state.wire;
    for (const verdict of state.verdicts) verdicts.set(verdict.lab, verdict);
    for (const lab of state.checking) checking.add(lab);
  });
  hear('workbook:checking', ({ lab }) => {
    checking.add(lab);
  });
  hear('workbook:verdict', (verdict) => {
    checking.delete(verdict.lab);
    verdicts.set(verdict.lab, verdict);
  });
  import.meta.hot.send('workbook:hello');
}
