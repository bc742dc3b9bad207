import type { ChatState } from '#labs/21-chat-client';
import { element } from './dom.ts';

/** What each state is called, for a person. */
function words(state: ChatState): string {
  switch (state.name) {
    case 'connecting':
      return 'Connecting…';
    case 'recovering':
      return 'Catching up…';
    case 'open':
      return 'Connected';
    case 'waiting':
      return 'Connection lost';
    case 'offline':
      return 'No network';
    case 'closed':
      return `Disconnected: ${state.reason}`;
  }
}

/** The connection's state in words, with a countdown while it waits and a button where one helps. */
export class StatusView {
  readonly element = element('div', { className: 'status' });
  readonly #words = element('span', { attributes: { role: 'status' } });
  /** Apart from the words: a screen reader is told of a loss once, not of every second after it. */
  readonly #countdown = element('span', { className: 'countdown', attributes: { 'aria-hidden': 'true' } });
  readonly #retry = element('button', { type: 'button' }, 'Try now');
  #ticking: number | undefined;

  constructor(onRetry: () => void) {
    this.#retry.addEventListener('click', onRetry);
    this.element.append(this.#words, this.#countdown, this.#retry);
  }

  show(state: ChatState): void {
    this.element.dataset.state = state.name;
    this.#words.textContent = words(state);
    this.#retry.hidden = ['connecting', 'recovering', 'open'].includes(state.name);
    this.#countdown.textContent = '';
    clearInterval(this.#ticking);
    // #region countdown
    if (state.name !== 'waiting') return;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
      this.#countdown.textContent = `retrying in ${seconds} s`;
    };
    tick();
    this.#ticking = window.setInterval(tick, 250);
    // #endregion countdown
  }
}
