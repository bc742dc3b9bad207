import { messageLimits } from '#labs/10-protocol';
import { Account, RequestError } from './account.ts';
import { element } from './dom.ts';

/** Asks for a name; `onDone` gets the account. */
export function signInForm(onDone: (account: Account) => void): HTMLElement {
  const name = element('input', {
    id: 'name',
    name: 'name',
    required: true,
    maxLength: messageLimits.maxUserNameLength,
    attributes: { autocomplete: 'nickname', 'aria-describedby': 'name-problem' },
  });
  const problem = element('p', { id: 'name-problem', className: 'problem', attributes: { role: 'alert' } });
  const button = element('button', { className: 'primary' }, 'Join the chat');
  const form = element(
    'form',
    { className: 'card sign-in' },
    element('h2', {}, 'Who are you?'),
    element(
      'p',
      { className: 'muted' },
      'Others see this name. There is no password: the chat forgets you with this tab.',
    ),
    element('label', { htmlFor: 'name' }, 'Name'),
    name,
    problem,
    button,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = '';
    try {
      onDone(await Account.signIn(name.value));
    } catch (error) {
      problem.textContent =
        error instanceof RequestError
          ? error.message
          : 'The server cannot be reached. Try again in a moment.';
      button.disabled = false;
      name.focus();
    }
  });
  return form;
}
