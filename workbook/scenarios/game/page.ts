import { type Attempt, Reconnector, type ReconnectState } from '#labs/13-reconnect';
import { byId, element } from '../../chat/web/dom.ts';
import { GameClient, type Scene } from './client.ts';
import { DelayLine } from './delay-line.ts';
import { draw } from './draw.ts';
import { FixedStep } from './fixed-step.ts';
import { HeldKeys } from './held-keys.ts';
import { tickMs, unit } from './world.ts';

const input = (id: string) => byId(id) as HTMLInputElement;
const context = document.querySelector('canvas')?.getContext('2d');
const keys = new HeldKeys(byId('arena'), document.querySelectorAll<HTMLElement>('.pad button'));

/** A page that was hidden does not catch up: its player stood still. */
const maxLateSteps = 5;
const pace = new FixedStep(tickMs, maxLateSteps, performance.now());
/** How often the figures change: more can nobody read. */
const figuresMs = 250;

type Bytes = Uint8Array<ArrayBuffer>;

/** What there is of one connection; undefined while there is none. */
interface Game {
  client: GameClient;
  up: DelayLine<Bytes>;
  down: DelayLine<Bytes>;
}
let game: Game | undefined;

// The line is longer by half of the round trip each way.
function setLatency(): void {
  const roundTripMs = input('latency').valueAsNumber;
  byId('latency-figure').textContent = `${roundTripMs} ms`;
  for (const line of game ? [game.up, game.down] : []) line.delayMs = roundTripMs / 2;
}

function connect(attempt: Attempt): () => void {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket`, 'game.v1');
  socket.binaryType = 'arraybuffer';
  const up = new DelayLine<Bytes>((bytes) => socket.send(bytes));
  const client = new GameClient((bytes) => up.push(bytes));
  const down = new DelayLine<Bytes>((bytes) => client.receive(bytes, performance.now()));
  socket.onopen = () => {
    game = { client, up, down };
    setLatency();
    attempt.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => down.push(new Uint8Array(data));
  socket.onclose = ({ code, reason }) => {
    game = undefined;
    for (const line of [up, down]) line.stop();
    attempt.closed(code, reason);
  };
  return () => socket.close();
}

function inWords(state: ReconnectState): string {
  switch (state.name) {
    case 'open':
      return 'Connected.';
    case 'connecting':
      return 'Connecting …';
    case 'waiting':
      return `Not connected. Next attempt in ${Math.ceil((state.retryAt - Date.now()) / 1000)} s.`;
    case 'offline':
      return 'Not connected: there is no network.';
    case 'closed':
      return state.cause === 'refused'
        ? `The server closed with ${state.code}: ${state.reason}`
        : 'Not connected.';
  }
}

const reconnector = new Reconnector({
  connect,
  onState: (state) => {
    byId('state').textContent = inWords(state);
  },
});
addEventListener('online', () => reconnector.networkBack());
addEventListener('offline', () => reconnector.networkLost());
addEventListener('pageshow', () => reconnector.pageShown());
input('latency').addEventListener('input', setLatency);
byId('block').addEventListener('click', () => game?.down.block(200));
// Whoever asks for less motion starts it by hand.
input('still').checked = matchMedia('(prefers-reduced-motion: reduce)').matches;
setLatency();
reconnector.tryNow();

let figuresAt = 0;
function frame(now: number): void {
  requestAnimationFrame(frame);
  const steps = pace.due(now);
  if (!game) return;
  for (let step = 0; step < steps; step++) game.client.step(keys.bits, now);
  const scene = game.client.scene(now, pace.fraction(now), {
    prediction: input('prediction').checked,
    interpolation: input('interpolation').checked,
  });
  if (context && !input('still').checked) draw(context, scene);
  if (now < figuresAt) return;
  figuresAt = now + figuresMs;
  showFigures(game.client, scene);
}
requestAnimationFrame(frame);

function showFigures(client: GameClient, { you, places }: Scene): void {
  const { tick, bytes, roundTripMs, unacknowledged, corrections, lastCorrection, skipped } = client.figures;
  const figures = {
    Tick: tick,
    'Bytes a tick': `${bytes} + 2`,
    'Round trip of an input': roundTripMs === undefined ? '–' : `${Math.round(roundTripMs)} ms`,
    'Inputs not acknowledged': unacknowledged,
    Corrections: corrections,
    'The last one': `${(lastCorrection / unit).toFixed(1)} points`,
    'Ticks skipped': skipped,
  };
  const rows = Object.entries(figures).flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, String(value)),
  ]);
  byId('figures').replaceChildren(...rows);
  const players = [...places].map(([id, { x, y }]) =>
    element('li', {}, `${id === you ? 'You' : `Player ${id}`}: ${points(x)}, ${points(y)}`),
  );
  byId('others').replaceChildren(...players);
}

function points(units: number): string {
  return String(Math.round(units / unit));
}
