import { reactive, ref } from 'vue';
import type { FromWorkbook } from '../../../workbook/site/protocol.ts';
import type { Verdict } from '../../../workbook/verdict.ts';

// Where the learner stands, as `npm start` tells it. In the built site, and under a dev server without the
// workbook, nobody answers: `live` stays false.

/** True once the workbook has answered. */
export const live = ref(false);
export const chatUrl = ref<string>();
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

function hear<Event extends keyof FromWorkbook>(event: Event, listener: (data: FromWorkbook[Event]) => void) {
  import.meta.hot?.on(event, listener);
}

if (import.meta.hot) {
  hear('workbook:state', (state) => {
    live.value = true;
    chatUrl.value = state.chatUrl;
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
