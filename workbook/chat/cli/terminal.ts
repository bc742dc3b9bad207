import type { MessageOf, ServerMessage, User } from '#labs/10-protocol';
import type { ChatClient, ChatState, Joined } from '#labs/21-chat-client';
import { People } from './people.ts';
import { Screen } from './screen.ts';

const help = [
  'What you type goes to the room you are in. Commands:',
  '  /join ROOM       enters a room, or goes back to one',
  '  /leave           leaves the room',
  '  /msg NAME TEXT   to one person alone',
  '  /try             connects now, instead of waiting',
  '  /quit            ends, once everything is sent; Ctrl-C at once',
].join('\n');

/** The chat for a person at a terminal, or for a pipe. */
export class ChatTerminal {
  /** What the process ends with: 1 when something was not sent, or the server has ended it. */
  exitCode = 0;
  readonly #client: ChatClient;
  readonly #screen: Screen;
  readonly #people = new People();
  /** Where each of our messages goes, by id, until it is sent. */
  readonly #waiting = new Map<string, string>();
  readonly #rooms: string[] = [];
  #me: User | undefined;
  #isLeaving = false;
  #hasEnded = false;

  constructor(client: ChatClient, room: string) {
    this.#client = client;
    this.#screen = new Screen({
      onLine: (line) => this.#onLine(line),
      onEnd: () => this.#leave(),
      onInterrupt: () => this.#end(),
    });
    client.on('state', (state) => this.#onState(state));
    client.on('joined', (joined) => this.#onJoined(joined));
    client.on('chat', ({ room: name, from, content }) =>
      this.#screen.show(`[${name}] ${from.name}: ${content}`),
    );
    client.on('direct', (message) => this.#onDirect(message));
    client.on('presence', (presence) => this.#onPresence(presence));
    client.on('sent', (id) => this.#onDone(id));
    client.on('failed', (id, reason) => {
      this.exitCode = 1;
      this.#screen.note(`Not sent to ${this.#waiting.get(id)}: ${reason}`);
      this.#onDone(id);
    });
    client.on('refused', (reason) => this.#screen.note(`The server says no: ${reason}`));
    this.#join(room);
    client.tryNow();
  }

  /** What a person should know that is no message. */
  note(sentence: string): void {
    this.#screen.note(sentence);
  }

  #onLine(line: string): void {
    const text = line.trim();
    const [, command, argument = ''] = /^\/(\w+)(?:\s+(.*))?$/s.exec(text) ?? [];
    if (text === '' || this.#hasEnded) return;
    if (command === undefined) this.#say(text);
    else this.#run(command, argument);
  }

  #run(command: string, argument: string): void {
    switch (command) {
      case 'join':
        if (argument === '') this.#screen.note('Which room? /join ROOM');
        else this.#join(argument);
        break;
      case 'leave':
        this.#leaveRoom();
        break;
      case 'msg':
        this.#direct(argument);
        break;
      case 'try':
        this.#client.tryNow();
        break;
      case 'quit':
        this.#leave();
        break;
      case 'help':
        this.#screen.note(help);
        break;
      default:
        this.#screen.note(`There is no /${command}. /help lists the commands.`);
    }
  }

  #say(content: string): void {
    const room = this.#rooms.at(-1);
    if (room === undefined) this.#screen.note('You are in no room. Enter one: /join ROOM');
    else this.#onPosted(this.#client.chat(room, content), `[${room}]`, content);
  }

  #direct(text: string): void {
    const { found, content } = this.#people.addressee(text);
    const [user, ...others] = found;
    if (!user || content === '') {
      this.#screen.note('To whom? /msg NAME TEXT, with a name you have seen here.');
    } else if (others.length > 0) {
      const ids = found.map(({ id }) => id).join(' or ');
      this.#screen.note(`More than one is called ${user.name}. Use an id: /msg ${ids}`);
    } else {
      this.#onPosted(this.#client.direct(user.id, content), `[to ${user.name}]`, content);
      this.#screen.show(`[to ${user.name}] ${content}`);
    }
  }

  #onPosted(id: string, where: string, content: string): void {
    this.#waiting.set(id, where);
    const { name } = this.#client.state;
    if (name !== 'open' && name !== 'recovering')
      this.#screen.note(`Waits for the connection: ${where} ${content}`);
  }

  #onDone(id: string): void {
    this.#waiting.delete(id);
    if (this.#isLeaving && this.#waiting.size === 0) this.#end();
  }

  /** The room that was entered last is where one speaks. */
  #join(room: string): void {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
    this.#rooms.push(room);
    if (index >= 0) this.#screen.note(`You speak in ${room}.`);
    else this.#client.join(room);
  }

  #leaveRoom(): void {
    const left = this.#rooms.pop();
    if (left !== undefined) this.#client.leave(left);
    const room = this.#rooms.at(-1);
    this.#screen.note(room === undefined ? 'You are in no room.' : `You speak in ${room}.`);
  }

  #onJoined({ room, messages, gap, members }: Joined): void {
    for (const member of members) this.#people.meet(member);
    if (gap) this.#screen.note(`Messages may be missing here, in ${room}.`);
    for (const { from, content } of messages) this.#screen.show(`[${room}] ${from.name}: ${content}`);
    this.#screen.note(`In ${room}: ${members.map(({ name }) => name).join(', ')}`);
  }

  #onDirect({ from, content }: MessageOf<ServerMessage, 'direct'>): void {
    this.#people.meet(from);
    this.#screen.show(`[from ${from.name}] ${content}`);
  }

  #onPresence({ room, user, event }: MessageOf<ServerMessage, 'presence'>): void {
    this.#people.meet(user);
    if (user.id !== this.#me?.id) this.#screen.note(`${user.name} ${event} ${room}.`);
  }

  #onState(state: ChatState): void {
    if (this.#hasEnded) return;
    switch (state.name) {
      case 'connecting':
        this.#screen.note('Connecting…');
        break;
      case 'recovering':
      case 'open':
        this.#me = state.user;
        this.#screen.note(state.name === 'open' ? `Connected as ${state.user.name}.` : 'Catching up…');
        break;
      case 'waiting': {
        const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
        this.#screen.note(`Connection lost. Trying again in ${seconds} s; /try for now.`);
        break;
      }
      case 'offline':
        this.#screen.note('No network.');
        break;
      case 'closed':
        this.exitCode = 1;
        this.#screen.note(`Disconnected: ${state.reason}`);
        this.#end();
    }
  }

  /** As soon as everything is sent. */
  #leave(): void {
    this.#isLeaving = true;
    if (this.#waiting.size === 0) this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#waiting.size > 0) {
      this.exitCode = 1;
      this.#screen.note(`Messages not sent: ${this.#waiting.size}`);
    }
    this.#screen.end();
    this.#client.close();
    process.exitCode = this.exitCode;
  }
}
