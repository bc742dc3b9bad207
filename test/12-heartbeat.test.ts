import { expect } from 'vitest';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';
import { Beating, interval, type TestPeer, Watching } from './support/heartbeat.ts';
import { collected } from './support/memory.ts';

check(
  'A peer that answers is pinged once an interval, and lives',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'What happens once an interval, to every peer?',
      'A timer of clock.setTimeout that sets itself again, and a ping for each peer.',
    ],
  },
  () => {
    const beating = new Beating();
    const peer = beating.add('answers');
    beating.clock.advance(5 * interval);
    expect(peer.pings, 'The peer was pinged at these times, in ms').toEqual([
      1_000, 2_000, 3_000, 4_000, 5_000,
    ]);
    expect(peer.terminations, 'It answered each ping, and was terminated at').toEqual([]);
  },
);

check(
  'A peer that goes silent is terminated within two intervals, whenever that was',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'At a sweep: what do you know of a peer that was pinged at the one before?',
      'If nothing was heard of it since the last sweep, it is gone. If something was, note that this is used up, and ping it.',
    ],
  },
  () => {
    for (let lastSign = 0; lastSign < 2 * interval; lastSign += 125) {
      const beating = new Beating();
      const peer = beating.add('silent');
      beating.clock.advance(lastSign);
      beating.heartbeat.heard(peer);
      beating.clock.advance(3 * interval);
      const [at] = peer.terminations;
      expectThat(at !== undefined, `Last heard at ${lastSign} ms, the peer was never terminated.`);
      expectThat(
        at <= lastSign + 2 * interval,
        `Last heard at ${lastSign} ms, the peer was terminated at ${at} ms: that is more than two intervals.`,
      );
    }
  },
);

check(
  'Every peer has a whole interval to answer a ping',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'A peer that comes just before a sweep: was it asked anything yet?',
      'Terminate only who was pinged at the last sweep. To be new counts as a sign of life.',
    ],
  },
  () => {
    for (const comesAt of [1, 500, 999, 1_000, 1_500]) {
      const beating = new Beating();
      beating.add('answers');
      beating.clock.advance(comesAt);
      const peer = beating.add('silent');
      beating.clock.advance(3 * interval);
      const [at] = peer.terminations;
      const lastPing = peer.pings.at(-1);
      expectThat(
        at !== undefined && lastPing !== undefined,
        `A silent peer that came at ${comesAt} ms was pinged at [${peer.pings}] and terminated at [${peer.terminations}] ms.`,
      );
      expectThat(
        at - lastPing >= interval,
        `A peer that came at ${comesAt} ms was pinged at ${lastPing} ms and terminated at ${at} ms: it had less than an interval to answer.`,
      );
    }
  },
);

check(
  'Whatever comes from a peer is a sign of life, not only an answer to a ping',
  {
    rfc: '6455 §5.5.3',
    hint: [
      'Does heard have to come after a ping?',
      'Any call of heard since the last sweep is enough; what was received does not matter.',
    ],
  },
  () => {
    const beating = new Beating();
    const peer = beating.add('silent');
    for (let n = 0; n < 10; n++) {
      beating.clock.advance(interval - 50);
      beating.heartbeat.heard(peer);
    }
    expect(peer.terminations, 'A message came every 950 ms, and the peer was terminated at').toEqual([]);
  },
);

check(
  'A dead peer is terminated once, and then forgotten',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'Who takes a dead peer off your list? Its close event may come much later.',
      'Forget it in the sweep that terminates it.',
    ],
  },
  () => {
    const beating = new Beating();
    const peer = beating.add('silent');
    beating.clock.advance(5 * interval);
    expect(peer.pings, 'A silent peer was pinged at').toEqual([1_000]);
    expect(peer.terminations, 'and terminated at').toEqual([2_000]);
    expect(beating.heartbeat.size, 'size, when the only peer is dead').toBe(0);
  },
);

check(
  'A removed peer is left alone',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'What may remind you of a peer whose connection is closed?',
      'remove takes it out of every set or map you keep.',
    ],
  },
  () => {
    const beating = new Beating();
    beating.add('answers');
    const [early, late] = [beating.add('silent'), beating.add('silent')];
    beating.heartbeat.remove(early);
    beating.clock.advance(interval + 500);
    beating.heartbeat.remove(late);
    beating.heartbeat.remove(late);
    beating.clock.advance(3 * interval);
    expect(
      [early.pings, early.terminations],
      'Removed before its first ping, it was pinged and terminated at',
    ).toEqual([[], []]);
    expect(
      [late.pings, late.terminations],
      'Removed after its first ping, it was pinged and terminated at',
    ).toEqual([[1_000], []]);
  },
);

check(
  'What comes late from a peer that was removed does not bring it back',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'A pong may be told after the close. What does heard do with a peer it does not know?',
      'Nothing: only add makes a peer known.',
    ],
  },
  () => {
    const beating = new Beating();
    const peer = beating.add('silent');
    beating.heartbeat.remove(peer);
    beating.heartbeat.heard(peer);
    expect(beating.heartbeat.size, 'size, after remove and a late heard').toBe(0);
    beating.clock.advance(3 * interval);
    expect(peer.pings, 'It was pinged at').toEqual([]);
    expect(beating.clock.timerCount, 'timers that are set, with nobody to watch').toBe(0);
  },
);

check(
  'size counts each watched peer once',
  {
    rfc: '6455 §5.5.2',
    hint: ['A Set counts for you.', 'If you keep two, a peer must never be in both.'],
  },
  () => {
    const beating = new Beating();
    const peers = [beating.add('silent'), beating.add('answers'), beating.add('answers')];
    expect(beating.heartbeat.size, 'size, after three were added').toBe(3);
    beating.heartbeat.heard(peers[0]);
    beating.clock.advance(interval);
    beating.heartbeat.heard(peers[0]);
    expect(beating.heartbeat.size, 'size, after a sweep and an answer').toBe(3);
    beating.heartbeat.add(peers[0]);
    expect(beating.heartbeat.size, 'size, after one of them was added again').toBe(3);
    beating.heartbeat.remove(peers[1]);
    expect(beating.heartbeat.size, 'size, after one was removed').toBe(2);
  },
);

check(
  'One timer serves any number of peers',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'Ten thousand connections: how many timers does the process need?',
      'One sweep for all. heard only notes something; it sets no timer.',
    ],
  },
  () => {
    const beating = new Beating();
    const peers = Array.from({ length: 500 }, () => beating.add('answers'));
    expect(beating.clock.timerCount, 'timers that are set, for 500 peers').toBe(1);
    for (const peer of peers) beating.heartbeat.heard(peer);
    beating.clock.advance(10 * interval);
    expect(beating.clock.timerCount, 'timers that are set, after ten sweeps').toBe(1);
    expectThat(
      beating.clock.timersSet <= 12,
      `In ten intervals ${beating.clock.timersSet} timers were set for 500 peers; one a sweep is enough.`,
    );
  },
);

check(
  'Where nobody is watched, no timer runs',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'What keeps a process from ending when all its connections have?',
      'The first peer starts the timer, the last one to go clears it.',
    ],
  },
  () => {
    const beating = new Beating();
    expect(beating.clock.timerCount, 'timers before the first peer').toBe(0);
    const [first, second] = [beating.add('answers'), beating.add('answers')];
    beating.clock.advance(interval + 1);
    beating.heartbeat.remove(first);
    expect(beating.clock.timerCount, 'timers while one peer is left').toBe(1);
    beating.heartbeat.remove(second);
    expect(beating.clock.timerCount, 'timers after the last peer was removed').toBe(0);
    beating.add('silent');
    beating.clock.advance(5 * interval);
    expect(beating.clock.timerCount, 'timers after the last peer was found dead').toBe(0);
  },
);

check(
  'Whoever comes after all had gone is watched like the first',
  {
    rfc: '6455 §5.5.2',
    hint: ['Does the timer start again?', 'add starts it whenever there was nobody before.'],
  },
  () => {
    const beating = new Beating();
    beating.heartbeat.remove(beating.add('silent'));
    beating.clock.advance(7 * interval + 300);
    const peer = beating.add('silent');
    beating.clock.advance(2 * interval);
    expectThat(
      peer.pings.length > 0 && peer.terminations.length === 1,
      `A silent peer that came at 7,300 ms, when nobody was left, was pinged at [${peer.pings}] and terminated at [${peer.terminations}] ms.`,
    );
  },
);

check(
  'stop ends everything at once',
  {
    rfc: '6455 §5.5.2',
    hint: ['What is left of your timer and your peers?', 'Clear both.'],
  },
  () => {
    const beating = new Beating();
    const peers = [beating.add('answers'), beating.add('silent')];
    beating.clock.advance(interval);
    beating.heartbeat.stop();
    expect([beating.clock.timerCount, beating.heartbeat.size], 'timers and size after stop').toEqual([0, 0]);
    beating.clock.advance(5 * interval);
    expect(peers.map(({ pings, terminations }) => [pings, terminations])).toEqual([
      [[1_000], []],
      [[1_000], []],
    ]);
  },
);

for (const [how, title] of [
  ['sleep', 'A server that slept terminates nobody for it'],
  ['freeze', 'A server that was stopped for a while terminates nobody for it'],
] as const) {
  check(
    title,
    {
      rfc: '6455 §5.5.2',
      hint: [
        'The sweep comes much later than it should. Where are the answers of your peers?',
        'Compare clock.now() with the time the sweep was due. When it is far too late, ping all of them, and judge at the next sweep.',
      ],
    },
    () => {
      const beating = new Beating();
      const peers = Array.from({ length: 3 }, () => beating.add('silent'));
      beating.clock.advance(interval + 400);
      beating.clock[how](20 * interval);
      beating.clock.advance(interval - 1);
      expect(
        peers.flatMap(({ terminations }) => terminations),
        'The server was away for 20 intervals with a ping open. Its first sweep terminated peers at',
      ).toEqual([]);
      expect(
        peers.map(({ pings }) => pings.length),
        'By then each was pinged before and once after, so as to be asked anew: pings',
      ).toEqual([2, 2, 2]);
      beating.heartbeat.heard(peers[0]);
      beating.clock.advance(interval);
      expect(
        peers.map(({ terminations }) => terminations.length),
        'One has answered since, two have not. Terminations an interval later',
      ).toEqual([0, 1, 1]);
    },
  );
}

check(
  'A sweep that is a little late still finds the dead',
  {
    rfc: '6455 §5.5.2',
    hint: ['Timers are never quite on time. How late is too late?', 'Half an interval is a good border.'],
  },
  () => {
    const beating = new Beating();
    const peer = beating.add('silent');
    beating.clock.advance(interval);
    beating.clock.sleep(interval / 10);
    beating.clock.advance(interval);
    expect(peer.terminations, 'The sweep came 100 ms late and terminated the silent peer at').toEqual([
      2_100,
    ]);
  },
);

check(
  'What happens to one peer in a sweep does not spare another',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'terminate may end in remove, and in add, before it returns. Are you in the middle of a loop then?',
      'Decide first who is dead and who is not, set the next timer, and only then ping and terminate.',
    ],
  },
  () => {
    const beating = new Beating();
    const dead = Array.from({ length: 5 }, () => beating.add('silent'));
    const living = beating.add('answers');
    const newcomers: TestPeer[] = [];
    for (const peer of dead) {
      peer.onTerminate = () => {
        beating.heartbeat.remove(peer);
        newcomers.push(beating.add('answers'));
      };
    }
    beating.clock.advance(2 * interval);
    expect(
      dead.map(({ terminations }) => terminations),
      'Five silent peers, each removed and replaced by a new one when it is terminated, at',
    ).toEqual(dead.map(() => [2_000]));
    beating.clock.advance(interval);
    expect(
      [living, ...newcomers].flatMap(({ terminations }) => terminations),
      'Those that answer were terminated at',
    ).toEqual([]);
    expect(beating.heartbeat.size, 'size').toBe(6);
    expect(beating.clock.timerCount, 'timers').toBe(1);
  },
);

check(
  'A watchdog asks after one quiet interval, and no sooner',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'When was the last message?',
      'A timer of one interval from start or from the last message; when it fires, call onQuiet.',
    ],
  },
  () => {
    const watching = new Watching();
    watching.watchdog.start(interval);
    watching.clock.advance(interval - 1);
    expect(watching.said, 'After 999 quiet ms it has said').toEqual([]);
    watching.clock.advance(1);
    expect(watching.said, 'After 1,000 quiet ms it has said').toEqual(['quiet at 1000']);
  },
);

check(
  'A watchdog gives up one interval after it asked, once',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'What comes after onQuiet if nothing does?',
      'The same wait again, then onDead, and the watchdog has stopped.',
    ],
  },
  () => {
    const watching = new Watching();
    watching.watchdog.start(interval);
    watching.clock.advance(10 * interval);
    expect(watching.said, 'With no message at all it has said').toEqual(['quiet at 1000', 'dead at 2000']);
    expect(watching.clock.timerCount, 'timers after onDead').toBe(0);
    watching.watchdog.heard();
    watching.clock.advance(10 * interval);
    expect(watching.said, 'After it was dead it has said').toHaveLength(2);
  },
);

check(
  'Any message calms the watchdog, before it asked and after',
  {
    rfc: '6455 §5.5.2',
    hint: ['Is pong the only message that shows life?', 'heard begins all anew, whatever came.'],
  },
  () => {
    const watching = new Watching();
    watching.watchdog.start(interval);
    for (let n = 0; n < 5; n++) {
      watching.clock.advance(interval - 100);
      watching.watchdog.heard();
    }
    expect(watching.said, 'With a message every 900 ms it has said').toEqual([]);
    watching.clock.advance(interval + 500);
    watching.watchdog.heard();
    watching.clock.advance(interval - 1);
    expect(watching.said, 'It asked, a message came, and 999 ms later it has said').toEqual([
      'quiet at 5500',
    ]);
    watching.clock.advance(interval + 1);
    expect(watching.said, 'then nothing came any more').toEqual([
      'quiet at 5500',
      'quiet at 7000',
      'dead at 8000',
    ]);
  },
);

check(
  'An answer that comes at once counts',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'heard may be called before onQuiet returns. What do you do after onQuiet?',
      'Set the timer first, then call onQuiet.',
    ],
  },
  () => {
    const watching = new Watching();
    watching.onQuiet = () => watching.watchdog.heard();
    watching.watchdog.start(interval);
    watching.clock.advance(3 * interval);
    expect(watching.said, 'Each question was answered within the call; it has said').toEqual([
      'quiet at 1000',
      'quiet at 2000',
      'quiet at 3000',
    ]);
    expect(watching.clock.timerCount, 'timers').toBe(1);
  },
);

check(
  'A stopped watchdog stays silent, whatever comes',
  {
    rfc: '6455 §5.5.2',
    hint: ['A message may still come after stop. What does heard do then?', 'Nothing, until the next start.'],
  },
  () => {
    const watching = new Watching();
    watching.watchdog.heard();
    expect(watching.clock.timerCount, 'timers after heard, before any start').toBe(0);
    watching.watchdog.start(interval);
    watching.clock.advance(interval + 500);
    watching.watchdog.stop();
    watching.watchdog.heard();
    expect(watching.clock.timerCount, 'timers after stop and a late heard').toBe(0);
    watching.onQuiet = () => watching.watchdog.stop();
    watching.watchdog.start(interval);
    watching.clock.advance(5 * interval);
    expect(watching.said, 'Stopped in onQuiet the second time, it has said').toEqual([
      'quiet at 1000',
      'quiet at 2500',
    ]);
    expect(watching.clock.timerCount, 'timers after stop in onQuiet').toBe(0);
  },
);

check(
  'start takes another interval at any time',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'Which timer runs when start is called a second time?',
      'The old one must go; there is one at most.',
    ],
  },
  () => {
    const watching = new Watching();
    watching.watchdog.start(5 * interval);
    watching.clock.advance(4 * interval);
    watching.watchdog.start(interval);
    expect(watching.clock.timerCount, 'timers after the second start').toBe(1);
    watching.clock.advance(2 * interval);
    expect(watching.said, 'Started with 5,000 ms, at 4,000 ms again with 1,000, it has said').toEqual([
      'quiet at 5000',
      'dead at 6000',
    ]);
  },
);

for (const [how, title] of [
  ['sleep', 'A client that slept asks before it gives up'],
  ['freeze', 'A page that was frozen asks before it gives up'],
] as const) {
  check(
    title,
    {
      rfc: '6455 §5.5.2',
      hint: [
        'The timer fires long after it was due. Is the server dead, or were you away?',
        'When a timer is more than half an interval late, ask again and give it another interval.',
      ],
    },
    () => {
      const watching = new Watching();
      watching.watchdog.start(interval);
      watching.clock.advance(interval + 500);
      watching.clock[how](60 * interval);
      watching.clock.advance(interval - 1);
      expect(
        watching.said.map((line) => line.split(' ')[0]),
        'It had asked, and the machine was away for 60 intervals. Within the next it has said',
      ).toEqual(['quiet', 'quiet']);
      watching.watchdog.heard();
      watching.clock.advance(2 * interval + 1);
      expect(
        watching.said.map((line) => line.split(' ')[0]),
        'An answer came, and then nothing any more',
      ).toEqual(['quiet', 'quiet', 'quiet', 'dead']);
    },
  );
}

check(
  'A removed peer is left to the garbage collector',
  {
    rfc: '6455 §7.1.4',
    stretch: true,
    hint: [
      'Which of your fields still points at it?',
      'No list of pings to answer, no closure that a timer keeps.',
    ],
  },
  async () => {
    const beating = new Beating();
    const stays = beating.add('answers');
    const gone = (() => {
      const peer = beating.add('answers');
      beating.clock.advance(2 * interval);
      beating.heartbeat.remove(peer);
      return new WeakRef(peer);
    })();
    beating.clock.advance(2 * interval);
    expectThat(await collected(gone), 'Two sweeps after it was removed, something still holds the peer.');
    expect(stays.terminations).toEqual([]);
  },
);

check(
  'To hear from a peer costs the same with ten peers and with ten thousand',
  {
    rfc: '6455 §5.5.2',
    stretch: true,
    hint: [
      'Does heard look through a list?',
      'A Set or a Map finds a peer at once; includes and filter look at all.',
    ],
  },
  () => {
    /** Milliseconds for 20,000 calls of heard. */
    function cost(count: number): number {
      const beating = new Beating();
      const peers = Array.from({ length: count }, () => beating.add('silent'));
      beating.clock.advance(interval);
      const before = performance.now();
      for (let n = 0; n < 20_000; n++) beating.heartbeat.heard(peers[(n * 7) % count]);
      return performance.now() - before;
    }
    cost(10);
    const [few, many] = [Math.max(cost(10), 1), cost(10_000)];
    expectThat(
      many < 60 * few,
      `20,000 calls took ${few.toFixed(1)} ms with 10 peers and ${many.toFixed(0)} ms with 10,000.`,
    );
  },
);
