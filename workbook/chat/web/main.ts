import { config } from 'zod';
import type { OutgoingMessage } from '#labs/14-resume';
import { ChatClient } from '#labs/21-chat-client';
import { Account } from './account.ts';
import { App } from './app.ts';
import { byId, element } from './dom.ts';
import { signInForm } from './sign-in.ts';
import { StatusView } from './status.ts';
import { TabMemory } from './tab-memory.ts';
import { askHealth, showWire } from './wire.ts';

// The page's Content-Security-Policy allows no code from strings, which zod would try for speed.
config({ jitless: true });

const main = byId('main');

/** The files of this page, as the server that it came from tells their version. */
let version: string | undefined;
let isOutdated = false;

/** A restart may have changed whose labs run, in the server and in this page. */
async function showHealth(): Promise<void> {
  const health = await askHealth();
  if (!health) return;
  showWire(byId('wire'), health);
  version ??= health.page;
  isOutdated = health.page !== version;
}

function chat(account: Account): void {
  const { protocol, host } = location;
  const client = new ChatClient({
    url: `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/chat`,
    getTicket: () => account.getTicket(),
    WebSocket,
    outboxStore: new TabMemory<OutgoingMessage[]>('outbox', []),
  });
  const status = new StatusView(() => client.tryNow());
  client.on('state', (state) => status.show(state));
  byId('status').replaceChildren(status.element);

  const signOut = element('button', { type: 'button' }, 'Sign out');
  signOut.addEventListener('click', async () => {
    signOut.disabled = true;
    client.close();
    app.forget();
    await account.signOut();
    location.reload();
  });
  byId('account').replaceChildren(element('bdi', {}, account.user.name), signOut);

  // #region page-events
  // This machine reaches itself with no network, too.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
  if (!isLocal) addEventListener('offline', () => client.networkLost());
  addEventListener('online', () => client.networkBack());
  addEventListener('pageshow', () => client.pageShown());
  // #endregion page-events

  const app = new App(client, account.user);
  const reloadIfOutdated = () => isOutdated && !app.isBusy && location.reload();
  client.on('sent', reloadIfOutdated);
  client.on('state', async (state) => {
    if (state.name !== 'open') return;
    await showHealth();
    reloadIfOutdated();
  });
  main.replaceChildren(app.element);
  app.focus();
  client.tryNow();
}

const account = Account.restore();
if (account) {
  chat(account);
} else {
  const form = signInForm(chat);
  main.replaceChildren(form);
  form.querySelector('input')?.focus();
  void showHealth();
}
