import {
  type MessageOf,
  messageLimits,
  type RoomMessage,
  type ServerMessage,
  type User,
} from '#labs/10-protocol';
import type { OutgoingMessage } from '#labs/14-resume';
import type { ChatClient, Joined } from '#labs/21-chat-client';
import { Conversation, type ShownMessage } from './conversation.ts';
import { element, spoken } from './dom.ts';
import { TabMemory } from './tab-memory.ts';

/** At first, the one where others are. */
const keptRooms = new TabMemory<string[]>('rooms', ['lobby']);
/** With whom there are direct messages; these themselves are not kept, but for those that wait. */
const keptDirects = new TabMemory<User[]>('directs', []);

/** The chat once someone is signed in: rooms on the left, the conversation, the people on the right. */
export class App {
  readonly element = element('div', { className: 'app' });
  readonly #client: ChatClient;
  /** Every id this tab has had: a server that lost its sessions gives the same person another. */
  readonly #myIds = new Set<string>();
  #me: User;
  readonly #rooms = new Map<string, Conversation>();
  readonly #directs = new Map<string, Conversation>();
  /** Our messages the server has not answered, by id. */
  readonly #unanswered = new Map<string, { conversation: Conversation; message: ShownMessage }>();
  #current: Conversation | undefined;

  readonly #lists = element('nav', {
    className: 'rooms panel',
    attributes: { 'aria-label': 'Conversations' },
  });
  readonly #roomList = element('ul');
  readonly #directHeading = element('h2', {}, 'Direct messages');
  readonly #directList = element('ul');
  readonly #talk = element('section', {
    className: 'talk panel',
    attributes: { 'aria-label': 'Conversation' },
  });
  readonly #title = element('h2', { tabIndex: -1 });
  readonly #leave = element('button', { type: 'button' }, 'Leave');
  readonly #place = element('div', { className: 'place' });
  readonly #problem = element('p', { className: 'problem', attributes: { role: 'alert' } });
  readonly #input = element('textarea', {
    rows: 1,
    maxLength: messageLimits.maxContentLength,
    attributes: { 'aria-label': 'Message', enterkeyhint: 'send' },
  });
  readonly #people = element('aside', { className: 'people panel', attributes: { 'aria-label': 'People' } });
  readonly #peopleHeading = element('h2', {}, 'People');
  readonly #peopleList = element('ul');
  readonly #tabs = element('div', { className: 'tabs', attributes: { role: 'group', 'aria-label': 'Show' } });

  constructor(client: ChatClient, me: User) {
    this.#client = client;
    this.#me = me;
    this.#myIds.add(me.id);
    this.#build();
    client.on('state', (state) => {
      if (state.name !== 'open' && state.name !== 'recovering') return;
      this.#me = state.user;
      this.#myIds.add(state.user.id);
    });
    client.on('joined', (joined) => this.#onJoined(joined));
    client.on('chat', (message) => this.#onChat(message));
    client.on('direct', (message) => this.#onDirect(message));
    client.on('presence', (presence) => this.#onPresence(presence));
    client.on('sent', (id) => this.#onSent(id));
    client.on('failed', (id, reason) => this.#onFailed(id, reason));
    client.on('refused', (reason) => this.#say(reason));
    // Both are read first: to open one keeps all that is open.
    const [names, users] = [keptRooms.load(), keptDirects.load()];
    for (const name of names) this.#openRoom(name);
    for (const user of users) this.#openDirect(user);
    for (const waiting of client.pending) this.#showPending(this.#conversationOf(waiting), waiting);
    const [first] = this.#rooms.values();
    if (first) this.#open(first);
  }

  #build(): void {
    const room = element('input', {
      id: 'room',
      required: true,
      maxLength: messageLimits.maxRoomNameLength,
      attributes: { autocomplete: 'off' },
    });
    const join = element(
      'form',
      { className: 'join' },
      element('label', { htmlFor: 'room' }, 'Join or create a room'),
      room,
      element('button', {}, 'Join'),
    );
    join.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = room.value.trim();
      if (name === '') return;
      room.value = '';
      this.#open(this.#openRoom(name));
      this.#input.focus();
    });
    this.#lists.append(
      element('h2', {}, 'Rooms'),
      this.#roomList,
      join,
      this.#directHeading,
      this.#directList,
    );

    this.#leave.addEventListener('click', () => this.#leaveCurrent());
    const compose = element(
      'form',
      { className: 'compose' },
      this.#input,
      element('button', { className: 'primary' }, 'Send'),
    );
    compose.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener('keydown', (event) => {
      // Enter while a word is being composed (Chinese, Japanese, …) belongs to the keyboard, not to us.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      compose.requestSubmit();
    });
    this.#talk.append(
      element('div', { className: 'heading' }, this.#title, this.#leave),
      this.#place,
      this.#problem,
      compose,
    );
    this.#people.append(this.#peopleHeading, this.#peopleList);
    for (const [panel, label] of [
      ['rooms', 'Rooms'],
      ['talk', 'Chat'],
      ['people', 'People'],
    ] as const) {
      const tab = element('button', { type: 'button' }, label);
      tab.dataset.panel = panel;
      tab.addEventListener('click', () => this.#showPanel(panel));
      this.#tabs.append(tab);
    }
    this.element.append(this.#tabs, this.#lists, this.#talk, this.#people);
    this.#showPanel('talk');
  }

  /** On a narrow screen one panel is seen at a time; on a wide one all are. */
  #showPanel(panel: 'rooms' | 'talk' | 'people'): void {
    this.element.dataset.panel = panel;
    for (const tab of this.#tabs.querySelectorAll('button')) {
      tab.setAttribute('aria-pressed', String(tab.dataset.panel === panel));
    }
    if (panel === 'talk') this.#current?.scrollToEnd();
  }

  #openRoom(name: string): Conversation {
    const known = this.#rooms.get(name);
    if (known) return known;
    const room = this.#conversation('room', name, name);
    this.#rooms.set(name, room);
    this.#client.join(name);
    this.#keep();
    return room;
  }

  #openDirect(user: User): Conversation {
    const known = this.#directs.get(user.id);
    if (known) return known;
    const direct = this.#conversation('direct', user.id, user.name);
    this.#directs.set(user.id, direct);
    this.#keep();
    return direct;
  }

  /** Where a message of ours goes: a room that was left before the reload is joined again for it. */
  #conversationOf(message: OutgoingMessage): Conversation {
    if (message.type === 'chat') return this.#openRoom(message.room);
    return this.#directs.get(message.to) ?? this.#openDirect({ id: message.to, name: 'Someone' });
  }

  #conversation(kind: 'room' | 'direct', key: string, title: string): Conversation {
    const made: Conversation = new Conversation(kind, key, title, {
      isMine: (user) => this.#myIds.has(user.id),
      sendAgain: (id, content) => this.#post(made, content, id),
    });
    return made;
  }

  #open(conversation: Conversation): void {
    this.#current = conversation;
    conversation.unread = 0;
    this.#say('');
    this.#place.replaceChildren(conversation.element);
    conversation.scrollToEnd();
    this.#showPanel('talk');
    this.#refresh();
  }

  #leaveCurrent(): void {
    const left = this.#current;
    if (!left) return;
    if (left.kind === 'room') {
      this.#rooms.delete(left.key);
      this.#client.leave(left.key);
    } else {
      this.#directs.delete(left.key);
    }
    this.#keep();
    const [next] = [...this.#rooms.values(), ...this.#directs.values()];
    this.#current = undefined;
    this.#place.replaceChildren();
    if (next) this.#open(next);
    else this.#refresh();
    this.#title.focus();
  }

  #send(): void {
    const content = this.#input.value.trim();
    if (!this.#current || content === '') return;
    this.#input.value = '';
    this.#say('');
    this.#post(this.#current, content);
    this.#current.scrollToEnd();
  }

  #post(conversation: Conversation, content: string, again?: string): void {
    const id =
      conversation.kind === 'room'
        ? this.#client.chat(conversation.key, content, again)
        : this.#client.direct(conversation.key, content, again);
    this.#showPending(conversation, { id, content });
  }

  #showPending(conversation: Conversation, { id, content }: Pick<OutgoingMessage, 'id' | 'content'>): void {
    const message = { id, from: this.#me, content, at: Date.now() };
    this.#unanswered.set(id, { conversation, message });
    conversation.showPending(message);
  }

  #onJoined({ room: name, messages, gap, members }: Joined): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    room.members.clear();
    for (const member of members) room.members.set(member.id, member);
    if (gap) room.note('You were away: messages may be missing here');
    for (const message of messages) this.#showChat(room, message);
    this.#refresh();
  }

  #onChat(message: RoomMessage): void {
    const room = this.#rooms.get(message.room);
    if (room) this.#showChat(room, message);
  }

  #showChat(room: Conversation, message: RoomMessage): void {
    room.show(message);
    if (this.#myIds.has(message.from.id)) room.markSent(message);
    else this.#arrived(room);
  }

  #onDirect(message: MessageOf<ServerMessage, 'direct'>): void {
    const direct = this.#openDirect(message.from);
    if (direct.has(message)) return;
    direct.show(message);
    this.#arrived(direct);
  }

  #arrived(conversation: Conversation): void {
    if (conversation !== this.#current) conversation.unread++;
    this.#refresh();
  }

  #onPresence({ room: name, user, event }: MessageOf<ServerMessage, 'presence'>): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (event === 'joined') room.members.set(user.id, user);
    else room.members.delete(user.id);
    room.note(`${user.name} ${event === 'joined' ? 'joined' : 'left'}`);
    this.#refresh();
  }

  #onSent(id: string): void {
    const sent = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    sent?.conversation.markSent(sent.message);
  }

  #onFailed(id: string, reason: string): void {
    const failed = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    failed?.conversation.markFailed(failed.message, reason);
  }

  #say(problem: string): void {
    this.#problem.textContent = problem;
  }

  /** For a reload of the page. */
  #keep(): void {
    keptRooms.save([...this.#rooms.keys()]);
    keptDirects.save([...this.#directs.values()].map(({ key, title }) => ({ id: key, name: title })));
  }

  /** Lists and headings, from what is known now. */
  #refresh(): void {
    const current = this.#current;
    this.#roomList.replaceChildren(...[...this.#rooms.values()].map((room) => this.#listItem(room)));
    this.#directHeading.hidden = this.#directs.size === 0;
    this.#directList.replaceChildren(...[...this.#directs.values()].map((direct) => this.#listItem(direct)));
    this.#title.textContent = current?.title ?? 'No room open';
    this.#title.dataset.kind = current?.kind ?? '';
    this.#leave.hidden = !current;
    this.#leave.textContent = current?.kind === 'direct' ? 'Close' : 'Leave';
    this.#input.disabled = !current;
    this.#input.placeholder = current ? `Message ${current.kind === 'room' ? '#' : ''}${current.title}` : '';
    const people = [...(current?.members.values() ?? [])];
    this.#peopleHeading.textContent = people.length > 0 ? `People (${people.length})` : 'People';
    this.#peopleList.replaceChildren(...people.map((user) => this.#person(user)));
    const unread = [...this.#rooms.values(), ...this.#directs.values()].reduce(
      (sum, one) => sum + one.unread,
      0,
    );
    const roomsTab = this.#tabs.querySelector('[data-panel=rooms]');
    if (roomsTab) roomsTab.textContent = unread > 0 ? `Rooms (${unread})` : 'Rooms';
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${current?.title ?? 'Chat'} · websocket-101`;
  }

  #listItem(conversation: Conversation): HTMLLIElement {
    const name = element('bdi', {}, conversation.title);
    const button = element('button', { type: 'button', className: conversation.kind }, name);
    if (conversation === this.#current) button.setAttribute('aria-current', 'true');
    if (conversation.unread > 0) {
      button.append(element('span', { className: 'unread' }, `${conversation.unread}`, spoken(' unread')));
    }
    button.addEventListener('click', () => {
      this.#open(conversation);
      this.#input.focus();
    });
    return element('li', {}, button);
  }

  #person(user: User): HTMLLIElement {
    if (this.#myIds.has(user.id)) {
      return element(
        'li',
        { className: 'person' },
        element('bdi', {}, user.name),
        element('span', {}, '(you)'),
      );
    }
    const button = element(
      'button',
      { type: 'button', className: 'person', title: 'Send a direct message' },
      element('bdi', {}, user.name),
      spoken(', send a direct message'),
    );
    button.addEventListener('click', () => {
      this.#open(this.#openDirect(user));
      this.#input.focus();
    });
    return element('li', {}, button);
  }

  /** Something is half-written: a reload would lose it. What was sent outlives one. */
  get isBusy(): boolean {
    return this.#input.value !== '';
  }

  /** Signed out: whoever comes next begins in the first room. */
  forget(): void {
    keptRooms.clear();
    keptDirects.clear();
  }

  /** Puts the cursor where a person goes on. */
  focus(): void {
    this.#input.focus();
  }
}
