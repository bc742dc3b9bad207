import { byId } from '../../chat/web/dom.ts';
import { Panel } from './panel.ts';

/** How often ages are written, in ms. */
const ageMs = 100;

const prompt = new Panel('prompt', 'Draws at once', 0);
const slow = new Panel('slow', 'Draws late', 2_000);
byId('panels').append(prompt.element, slow.element);

const button = byId('source');
let isRunning = true;
button.onclick = () => {
  isRunning = !isRunning;
  button.textContent = isRunning ? 'Stop the source' : 'Start the source';
  prompt.send({ type: 'source', running: isRunning });
};

setInterval(() => {
  prompt.showAge();
  slow.showAge();
  const behind = prompt.version - slow.version;
  byId('compared').textContent =
    behind === 0
      ? `Both show version ${slow.version.toLocaleString('en')}.`
      : `The late one is ${behind.toLocaleString('en')} changes behind.`;
}, ageMs);
