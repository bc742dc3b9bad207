import * as Y from 'yjs';
import type { ReconnectState } from '#labs/13-reconnect';
import { byId } from '../../chat/web/dom.ts';
import { encodeCaret } from './caret.ts';
import { Link } from './link.ts';
import { People } from './people.ts';
import { decodeId, decodeMessage, decodePresence, encodeMessage, encodePresence, Kind } from './protocol.ts';
import { Replica } from './replica.ts';
import { TextArea } from './text-area.ts';
import { bytes, WireList } from './wire-list.ts';

/** The least time from one word on where the caret is to the next, in milliseconds. */
const presenceMs = 100;

const area = byId('text') as HTMLTextAreaElement;
const nameField = byId('name') as HTMLInputElement;
const offline = byId('offline') as HTMLInputElement;
const tryAgain = byId('again');

const replica = new Replica();
const textArea = new TextArea(area, replica.text);
const people = new People(byId('people'), replica.text);
const wire = new WireList(byId('wire'));

const link = new Link({
  onOpen() {
    replica.connect(send);
    sayWhere();
  },
  onMessage: receive,
  onLost() {
    replica.disconnect();
    people.clear();
    early.length = 0;
  },
  onState: showState,
});

function send(message: Uint8Array<ArrayBuffer>): void {
  link.send(message);
  wire.add('sent', message);
}

/** What came while a word was being composed (Chinese, Japanese, …): a new text in the textarea would end that. */
const early: Uint8Array[] = [];
let isComposing = false;
area.addEventListener('compositionstart', () => {
  isComposing = true;
});
area.addEventListener('compositionend', () => {
  isComposing = false;
  textArea.take();
  for (const message of early.splice(0)) receive(message);
});

function receive(message: Uint8Array): void {
  if (isComposing) {
    early.push(message);
    return;
  }
  wire.add('received', message);
  const { kind, body } = decodeMessage(message);
  switch (kind) {
    case Kind.Have:
      replica.onHave(body);
      break;
    case Kind.Update:
      replica.onUpdate(body);
      link.ready();
      break;
    case Kind.Someone:
      people.set(decodeId(body), decodePresence(body.subarray(4)));
      break;
    case Kind.Gone:
      people.delete(decodeId(body));
      break;
  }
  showFigures();
}

let isPresenceDue = false;

function sayWhere(): void {
  const caret =
    document.activeElement === area ? encodeCaret(replica.text, area.selectionEnd) : new Uint8Array();
  const name = nameField.value.trim() || 'Somebody';
  link.send(encodeMessage(Kind.Me, encodePresence({ name, caret })));
}

/** Ten times a second is enough for eyes, however fast somebody moves. */
function sayWhereSoon(): void {
  if (isPresenceDue) return;
  isPresenceDue = true;
  setTimeout(() => {
    isPresenceDue = false;
    sayWhere();
  }, presenceMs);
}

function showFigures(): void {
  const stateVector = Y.encodeStateVector(replica.doc);
  const writers = Y.decodeStateVector(stateVector).size;
  byId('document-size').textContent = bytes(Y.encodeStateAsUpdate(replica.doc).length);
  byId('update-size').textContent = bytes(replica.lastUpdate);
  byId('vector-size').textContent =
    `${bytes(stateVector.length)}, ${writers} writer${writers === 1 ? '' : 's'}`;
  byId('unsent').textContent = `${replica.unsent} change${replica.unsent === 1 ? '' : 's'}`;
}

function showState(state: ReconnectState): void {
  byId('state').textContent = inWords(state);
  byId('state').dataset.state = state.name;
  tryAgain.hidden = state.name === 'connecting' || state.name === 'open' || offline.checked;
}

function inWords(state: ReconnectState): string {
  switch (state.name) {
    case 'connecting':
      return 'Connecting.';
    case 'open':
      return 'Connected.';
    case 'waiting':
    case 'offline':
      return 'Not connected. Write on: it is sent later.';
    case 'closed':
      if (state.cause === 'refused') return `The server refused: ${state.reason || state.code}`;
      return 'Offline. Write on: it is sent later.';
  }
}

nameField.value = `Guest ${100 + Math.floor(Math.random() * 900)}`;
nameField.addEventListener('input', sayWhereSoon);
for (const event of ['focus', 'blur', 'input']) area.addEventListener(event, sayWhereSoon);
document.addEventListener('selectionchange', sayWhereSoon);
// After the replica's own listener, which counts.
replica.doc.on('update', showFigures);
offline.addEventListener('change', () => {
  if (offline.checked) link.disconnect();
  else link.connect();
});
tryAgain.addEventListener('click', () => link.connect());
// This page alone has what is not sent yet.
addEventListener('beforeunload', (event) => {
  if (replica.unsent > 0) event.preventDefault();
});
showFigures();
link.connect();
