import { expect } from 'vitest';
import { defaultPolicy, isRetryable, retryDelay } from '#labs/13-reconnect';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';
import { busiestShare, Client, herd, policy } from './support/reconnect.ts';

/** The least and the most that the delay can be, in ms. */
function range(failures: number): [least: number, most: number] {
  const ends = [0, 1 - 2 ** -32].map((number) => Math.round(retryDelay(failures, policy, () => number)));
  return [Math.min(...ends), Math.max(...ends)];
}

check(
  'The first retry is random, from nothing to firstMs',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'All clients of a server that fails lose it in the same moment. When do they knock?',
      'A random part of firstMs: the first wait is drawn like all others.',
    ],
  },
  () => {
    expect(range(0), 'The first wait lies between these, in ms').toEqual([0, 4_000]);
    expect(
      retryDelay(0, policy, () => 0.5),
      'The middle of it',
    ).toBe(2_000);
  },
);

check(
  'The limit doubles with each failure, up to the cap',
  {
    rfc: '6455 §7.2.3',
    hint: ['4, 8, 16 seconds: and then?', 'Math.min of the cap and firstMs × 2 to the power of failures.'],
  },
  () => {
    expect(
      [0, 1, 2, 3, 4].map((failures) => range(failures)[1]),
      'The longest waits',
    ).toEqual([4_000, 8_000, 16_000, 20_000, 20_000]);
    const late = retryDelay(5_000, policy, () => 0.5);
    expectThat(
      late <= policy.capMs,
      `The wait after 5,000 failures is ${late} ms; the cap is ${policy.capMs}.`,
    );
    expect(
      [30, 31, 32, 33, 64].map((failures) => range(failures)[1]),
      'The longest waits after 30, 31, 32, 33 and 64 failures (<< counts in 32 bits, ** does not)',
    ).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
  },
);

check(
  'At the cap the wait is as random as before it',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'What is drawn first in your function: the random part or the cap?',
      'Cap first, then draw. Cut off after drawing, most waits are exactly the cap, and all clients knock together.',
    ],
  },
  () => {
    const waits = Array.from({ length: 1_000 }, (_, n) => retryDelay(10, policy, () => n / 1_000));
    expectThat(
      waits.every((wait) => wait <= policy.capMs),
      `The longest wait is ${Math.max(...waits)} ms; the cap is ${policy.capMs}.`,
    );
    const kinds = new Set(waits).size;
    expectThat(kinds > 900, `1,000 numbers drawn at the cap gave only ${kinds} different waits.`);
    expect(range(10), 'At the cap the wait lies between').toEqual([0, 20_000]);
  },
);

check(
  'Close codes that promise another end are retried',
  {
    rfc: '6455 §7.4.1',
    hint: ['Which codes say "not now" rather than "not you"?', 'The docstring of isRetryable names them.'],
  },
  () => {
    const codes = [1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3008];
    expect(
      codes.filter((code) => !isRetryable(code)),
      'These codes should be retried, and are not',
    ).toEqual([]);
  },
);

check(
  'Close codes that say no are not retried',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The next connection would send the same bytes to the same server. What would it answer?',
      'Decide by a list of codes that are retried; then 1002 and 4401 need no line of their own.',
    ],
  },
  () => {
    const codes = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003, 4000, 4001, 4008, 4401, 4999];
    expect(codes.filter(isRetryable), 'These codes should not be retried, and are').toEqual([]);
  },
);

check(
  'Nothing starts by itself; tryNow connects at once',
  {
    rfc: '6455 §4.1',
    hint: [
      'What does the constructor do?',
      'It keeps its options. connect is called by tryNow, before it returns.',
    ],
  },
  () => {
    const client = new Client();
    client.clock.advance(60_000);
    expect([client.attempts.length, client.state], 'Attempts and state before tryNow').toEqual([0, 'closed']);
    expect(client.clock.timerCount, 'timers before tryNow').toBe(0);
    client.reconnector.tryNow();
    expect([client.attempts.length, client.state], 'Attempts and state after tryNow').toEqual([
      1,
      'connecting',
    ]);
    client.attempt.opened();
    expect(client.states, 'onState was told').toEqual(['connecting', 'open']);
  },
);

check(
  'A lost connection is tried again after a random wait, and the state says when',
  {
    rfc: '6455 §7.2.3',
    hint: ['When is the next attempt, as a time of day?', 'clock.now() plus the wait that was drawn.'],
  },
  () => {
    const client = new Client();
    const read: string[] = [];
    client.onTold = () => read.push(client.state);
    client.open();
    client.clock.advance(60_000);
    client.attempt.closed(1006);
    expect(client.reconnector.state, 'The state after the loss').toEqual({
      name: 'waiting',
      retryAt: client.clock.now() + 2_000,
    });
    client.clock.advance(1_999);
    expect(client.attempts.length, 'attempts, 1,999 ms after the loss').toBe(1);
    client.clock.advance(1);
    expect(client.attempts.length, 'attempts, 2,000 ms after the loss').toBe(2);
    expect(client.states, 'onState was told').toEqual(['connecting', 'open', 'waiting', 'connecting']);
    expect(read, 'What state says to whoever is told: the change came before').toEqual(client.states);
  },
);

check(
  'Each failure doubles the wait',
  {
    rfc: '6455 §7.2.3',
    hint: ['What do you count?', 'Failures since the last stable connection: the first wait counts as 0.'],
  },
  () => {
    const client = new Client().open();
    const waits = Array.from({ length: 5 }, () => client.waitAfter(1006));
    expect(waits, 'The waits, when half of each limit is drawn').toEqual([
      2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  },
);

check(
  'A connection that is lost at once resets nothing',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'A server that accepts and dies at once: does your client ever slow down?',
      'To open is not enough. Forget the failures only after stableMs of being open.',
    ],
  },
  () => {
    const client = new Client().open();
    const waits = [1, 2, 3].map(() => {
      const wait = client.waitAfter(1006);
      client.attempt.opened();
      client.clock.advance(policy.stableMs - 1);
      return wait;
    });
    expect(waits, 'The waits, each connection being open for 9,999 of 10,000 ms').toEqual([
      2_000, 4_000, 8_000,
    ]);
  },
);

check(
  'A connection that lasted makes the next loss a first one',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'When are the failures forgotten?',
      'A timer of stableMs, set when the connection opens, cleared when it is lost.',
    ],
  },
  () => {
    const client = new Client().open();
    client.waitAfter(1006);
    client.waitAfter(1006);
    client.attempt.opened();
    client.clock.advance(policy.stableMs);
    expect(client.waitAfter(1006), 'The wait after a connection of 10,000 ms').toBe(2_000);
    client.waitAfter(1006);
    expect(client.waitAfter(1006), 'The third wait in a row after it').toBe(8_000);
  },
);

check(
  'After maxRetries in a row it gives up, until a person asks',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'Must a page that nobody looks at knock for ever?',
      'Count to maxRetries, then close. tryNow begins anew.',
    ],
  },
  () => {
    const client = new Client();
    client.reconnector.tryNow();
    for (let n = 0; n < policy.maxRetries; n++) client.waitAfter(1006);
    client.attempt.closed(1006);
    expect(client.reconnector.state, 'The state after five retries that failed').toEqual({
      name: 'closed',
      cause: 'gave up',
    });
    expect(client.clock.timerCount, 'timers').toBe(0);
    client.reconnector.tryNow();
    expect(client.waitAfter(1006), 'The first wait after a person asked again').toBe(2_000);
  },
);

check(
  'A refusal is final, until a person asks',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The server closes with 1008. What can a machine do about it?',
      'Keep code and reason for the person, and set no timer.',
    ],
  },
  () => {
    const client = new Client().open();
    client.attempt.closed(1008, 'not you');
    expect(client.reconnector.state, 'The state after 1008').toEqual({
      name: 'closed',
      cause: 'refused',
      code: 1008,
      reason: 'not you',
    });
    client.reconnector.networkLost();
    client.reconnector.networkBack();
    client.reconnector.pageShown();
    client.clock.advance(60_000);
    expect(client.attempts.length, 'attempts, with the network and the page coming and going').toBe(1);
    client.reconnector.tryNow();
    expect(client.attempts.length, 'attempts, after a person asked').toBe(2);
  },
);

check(
  'An attempt that takes too long is ended, and counts as a failure',
  {
    rfc: '6455 §4.1',
    hint: [
      'A SYN into a dead network: when does the browser tell you?',
      'A timer of connectTimeoutMs. Call what connect returned, and go on as after 1006.',
    ],
  },
  () => {
    const client = new Client();
    client.reconnector.tryNow();
    client.clock.advance(policy.connectTimeoutMs - 1);
    expect([client.attempt.ended, client.state], 'After 7,999 ms').toEqual([0, 'connecting']);
    client.clock.advance(1);
    expect(
      [client.attempt.ended, client.state],
      'After 8,000 ms: how often it was ended, and the state',
    ).toEqual([1, 'waiting']);
    client.attempt.closed(1006);
    client.clock.advance(2_000);
    expect(client.attempts.length, 'attempts, after the wait and a late close of the first').toBe(2);
    client.attempt.opened();
    client.clock.advance(60_000);
    expect([client.attempt.ended, client.state], 'A minute after it opened').toEqual([0, 'open']);
  },
);

check(
  'What an attempt says when its turn is over is ignored',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'A close event can come twice, or minutes late. Whose is it?',
      'Keep the attempt whose turn it is, and compare. Each call of connect gets an object of its own.',
    ],
  },
  () => {
    const client = new Client().open();
    const [first] = client.attempts;
    first.closed(1006);
    first.closed(1008, 'late');
    first.opened();
    expect(client.state, 'The state, when the lost connection says more').toBe('waiting');
    client.clock.advance(2_000);
    first.closed(1008, 'later');
    first.opened();
    expect(client.state, 'The state, when it speaks during the next attempt').toBe('connecting');
    client.attempt.opened();
    client.attempt.opened();
    first.closed(1006);
    expect(client.states, 'onState was told').toEqual([
      'connecting',
      'open',
      'waiting',
      'connecting',
      'open',
    ]);
  },
);

check(
  'There are never two attempts at once',
  {
    rfc: '6455 §4.1',
    hint: [
      'Someone presses the button while the timer runs. What does the timer do afterwards?',
      'tryNow does nothing while connecting or open; else it takes the timer away.',
    ],
  },
  () => {
    const client = new Client();
    client.reconnector.tryNow();
    client.reconnector.tryNow();
    client.reconnector.pageShown();
    client.reconnector.networkBack();
    expect(client.attempts.length, 'attempts, asked for four times while connecting').toBe(1);
    client.attempt.opened();
    client.reconnector.tryNow();
    client.reconnector.pageShown();
    expect(client.attempts.length, 'attempts, asked for twice more while open').toBe(1);
    client.attempt.closed(1006);
    client.reconnector.tryNow();
    expect(client.attempts.length, 'attempts, after tryNow while waiting').toBe(2);
    client.clock.advance(policy.connectTimeoutMs - 1);
    expect(client.attempts.length, 'attempts, after the time that was waited for').toBe(2);
    expect(client.clock.timerCount, 'timers').toBe(1);
  },
);

check(
  'tryNow while waiting forgets no failures',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'Someone presses the button ten times at a dead server. How long is the next wait?',
      'Only from closed does tryNow begin anew.',
    ],
  },
  () => {
    const client = new Client().open();
    client.attempt.closed(1006);
    client.reconnector.tryNow();
    client.attempt.closed(1006);
    client.reconnector.tryNow();
    expect(client.waitAfter(1006), 'The wait after three failures, two of them cut short by a person').toBe(
      8_000,
    );
  },
);

check(
  'An attempt may fail before connect returns',
  {
    rfc: '6455 §4.1',
    hint: [
      'What do you do after connect returned, if it is all over by then?',
      'Set the state before you call connect; keep what it returned only if its turn is not over.',
    ],
  },
  () => {
    const client = new Client();
    client.onConnect = (attempt) => attempt.closed(1006);
    client.reconnector.tryNow();
    expect(client.states, 'onState was told').toEqual(['connecting', 'waiting']);
    client.onConnect = (attempt) => attempt.opened();
    client.clock.advance(60_000);
    expect([client.state, client.attempts.length], 'State and attempts a minute later').toEqual(['open', 2]);
    expect(
      client.attempts.map(({ ended }) => ended),
      'ended by the reconnector',
    ).toEqual([0, 0]);

    const waiting = new Client();
    waiting.onConnect = (attempt) => attempt.closed(1006);
    waiting.reconnector.tryNow();
    waiting.reconnector.stop();
    expect(waiting.attempt.ended, 'stop ended an attempt that had failed before').toBe(0);
  },
);

check(
  'stop ends what is under way and leaves no timer',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'Three things can be under way: which?',
      'An attempt, a connection, a wait. Call what connect returned for the first two, clear the timer for all.',
    ],
  },
  () => {
    const open = new Client().open();
    const connecting = new Client();
    connecting.reconnector.tryNow();
    const waiting = new Client().open();
    waiting.attempt.closed(1006);
    for (const client of [open, connecting, waiting]) {
      client.reconnector.stop();
      client.attempt.closed(1006);
      client.clock.advance(60_000);
      expect(client.reconnector.state, `The state, stopped after ${client.states}`).toEqual({
        name: 'closed',
        cause: 'stopped',
      });
      expect([client.attempts.length, client.clock.timerCount], 'attempts and timers a minute later').toEqual(
        [1, 0],
      );
    }
    expect(
      [open, connecting, waiting].map(({ attempt }) => attempt.ended),
      'How often each was ended',
    ).toEqual([1, 1, 0]);
    const advisedBefore = new Client().open();
    advisedBefore.reconnector.advise(300);
    advisedBefore.reconnector.stop();
    expect(advisedBefore.open().waitAfter(1006), 'The wait, advised to be 300 ms before a stop').toBe(2_000);
  },
);

/** Advised to wait so long, a client loses its connection, and then the next: the two waits in ms. */
function advised(ms: number, code = 1012): number[] {
  const client = new Client().open();
  client.reconnector.advise(ms);
  return [client.waitAfter(code), client.waitAfter(1006)];
}

check(
  'The server says when to come back, and is heard once',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'drain came, then the close. How long is the wait, and the one after it?',
      'Keep the advice until the next loss, use it instead of a wait you draw, and forget it.',
    ],
  },
  () => {
    expect(advised(300), 'Advised to wait 300 ms; the wait, and the next one').toEqual([300, 4_000]);
    const [wait] = advised(45_000, 1006);
    expect(wait, 'Advised to wait 45,000 ms, more than the cap').toBe(45_000);
    const refused = new Client().open();
    refused.reconnector.advise(300);
    refused.attempt.closed(1008);
    expect(refused.state, 'Advised, then refused with 1008').toBe('closed');
    const offline = new Client().open();
    offline.reconnector.networkLost();
    offline.reconnector.advise(300);
    offline.attempt.closed(1012);
    offline.reconnector.networkBack();
    expect(offline.open().waitAfter(1006), 'The wait, advised to be 300 ms at a loss long ago').toBe(2_000);
  },
);

check(
  'Advice that makes no sense is not taken',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'The number comes from a network. What if it is NaN, below 0, or 30 years?',
      'Not below 0, at most maxAdviceMs: past 2,147,483,647 ms a timer fires at once.',
    ],
  },
  () => {
    expect(advised(1e12)[0], 'Advised to wait 30 years').toBe(policy.maxAdviceMs);
    expect(advised(Number.NaN, 1006)[0], 'Advised to wait NaN').toBe(2_000);
    expect(advised(-5, 1006)[0], 'Advised to wait -5 ms').toBe(2_000);
  },
);

check(
  'After 1012 and 1013 the client pauses before it comes back',
  {
    rfc: '6455 §7.4.2',
    hint: [
      'The server restarts, or has too much to do. How soon is too soon?',
      'A random wait between pauseMs and capMs.',
    ],
  },
  () => {
    for (const code of [1012, 1013]) {
      const waits = [0, 0.5, 1 - 2 ** -32].map(
        (number) => Math.round(new Client({ random: () => number }).open().waitAfter(code) / 10) * 10,
      );
      expect(
        waits.sort((a, b) => a - b),
        `The least, the middle and the longest wait after ${code}`,
      ).toEqual([6_000, 13_000, 20_000]);
    }
  },
);

check(
  'Without a network it does not wait for a time but for the network',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'The machine is offline for an hour. How many attempts make sense?',
      'While waiting: clear the timer, state offline. What is lost meanwhile goes there too.',
    ],
  },
  () => {
    const client = new Client().open();
    client.attempt.closed(1006);
    client.reconnector.networkLost();
    expect(
      [client.state, client.clock.timerCount],
      'State and timers, when the network goes while waiting',
    ).toEqual(['offline', 0]);
    client.clock.advance(600_000);
    expect(client.attempts.length, 'attempts, ten minutes later').toBe(1);

    const connecting = new Client();
    connecting.reconnector.networkLost();
    connecting.reconnector.tryNow();
    connecting.attempt.closed(1006);
    expect(connecting.state, 'The state, when an attempt fails while there is no network').toBe('offline');
  },
);

check(
  'An open connection outlives the news that the network is gone',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'navigator.onLine may be wrong. What knows better?',
      'The connection itself: leave it open, and only remember the news.',
    ],
  },
  () => {
    const client = new Client().open();
    client.reconnector.networkLost();
    expect([client.state, client.attempt.ended], 'State, and how often it was ended').toEqual(['open', 0]);
    client.attempt.closed(1006);
    expect(client.state, 'The state after the loss').toBe('offline');

    const connecting = new Client();
    connecting.reconnector.tryNow();
    connecting.reconnector.networkLost();
    connecting.attempt.opened();
    expect(
      [connecting.state, connecting.attempt.ended],
      'An attempt was under way at the news, and succeeded: its state, and how often it was ended',
    ).toEqual(['open', 0]);
  },
);

check(
  'When the network is back, a random wait comes first, and the failures are forgotten',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'An access point restarts, and a thousand machines are online in the same second. And then?',
      'Draw a wait as for a first retry.',
    ],
  },
  () => {
    const client = new Client().open();
    client.waitAfter(1006);
    client.waitAfter(1006);
    client.attempt.closed(1006);
    client.reconnector.networkLost();
    client.reconnector.networkBack();
    expect(client.reconnector.state, 'The state').toEqual({
      name: 'waiting',
      retryAt: client.clock.now() + 2_000,
    });
    client.clock.advance(1_500);
    client.reconnector.networkBack();
    client.clock.advance(500);
    expect(
      client.attempts.length,
      'attempts, 2,000 ms later; the news came once more meanwhile, and a wait that began is not begun again',
    ).toBe(4);
    const open = new Client().open();
    open.reconnector.networkLost();
    open.reconnector.networkBack();
    open.attempt.closed(1006);
    expect(open.state, 'The network went and came while open, then the connection was lost').toBe('waiting');
  },
);

check(
  'A page that is shown again connects at once',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'Someone looks at the page. Why wait?',
      'As tryNow, for waiting, offline and gave up; nothing for open, stopped and refused.',
    ],
  },
  () => {
    const waiting = new Client().open();
    waiting.attempt.closed(1006);
    const offline = new Client().open();
    offline.reconnector.networkLost();
    offline.attempt.closed(1006);
    const gaveUp = new Client();
    gaveUp.reconnector.tryNow();
    for (let n = 0; n < policy.maxRetries; n++) gaveUp.waitAfter(1006);
    gaveUp.attempt.closed(1006);
    for (const client of [waiting, offline, gaveUp]) {
      const before = client.state;
      client.reconnector.pageShown();
      expect(client.state, `The state, shown while ${before}`).toBe('connecting');
    }
    const stopped = new Client();
    stopped.reconnector.stop();
    stopped.reconnector.pageShown();
    expect(stopped.state, 'The state, shown after stop').toBe('closed');
  },
);

check(
  'A client that gave up comes back with the network',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'What was missing may be there again. Is that news?',
      'From gave up, networkBack waits and tries as from offline.',
    ],
  },
  () => {
    const client = new Client();
    client.reconnector.tryNow();
    for (let n = 0; n < policy.maxRetries; n++) client.waitAfter(1006);
    client.attempt.closed(1006);
    client.reconnector.networkBack();
    expect(client.state, 'The state').toBe('waiting');
    client.clock.advance(policy.firstMs);
    expect(client.attempts.length, 'attempts').toBe(policy.maxRetries + 2);
  },
);

check(
  'An application can give its codes a meaning',
  {
    rfc: '6455 §7.4.2',
    hint: [
      'Where do you decide about a code?',
      'options.isRetryable, where it is given, instead of your own.',
    ],
  },
  () => {
    const client = new Client({ isRetryable: (code) => code === 4008 }).open();
    expect(client.waitAfter(4008), 'The wait after 4008, which this application retries').toBe(2_000);
    client.attempt.closed(1006);
    expect(client.state, 'The state after 1006, which it does not').toBe('closed');
  },
);

check(
  '10,000 clients that lose their server do not come back together',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'Every client draws its own wait. From how wide a range?',
      'The first wait is a random part of firstMs, which is 5,000 by default.',
    ],
  },
  () => {
    const arrivals = herd(10_000);
    expect(arrivals.length, 'attempts, with the server back at once').toBe(10_000);
    const share = busiestShare(arrivals, 10_000);
    expectThat(
      share <= 0.03,
      `In the busiest 100 ms ${(100 * share).toFixed(1)} % of the clients came; at most 3 % may.`,
    );
    const last = arrivals.at(-1) ?? 0;
    expectThat(last <= defaultPolicy.firstMs, `The last client came after ${last} ms; 5,000 are enough.`);
  },
);

check(
  'Nor while the server stays down for half a minute',
  {
    rfc: '6455 §7.2.3',
    stretch: true,
    hint: ['Which of your waits is the same for all?', 'None may be: neither at the cap, nor after it.'],
  },
  () => {
    const arrivals = herd(3_000, { downMs: 30_000 });
    const share = busiestShare(arrivals, 3_000);
    expectThat(
      share <= 0.06,
      `In the busiest 100 ms ${(100 * share).toFixed(1)} % of the clients tried, first and second tries together; at most 6 % may.`,
    );
    const each = arrivals.length / 3_000;
    expectThat(each < 8, `Each client tried ${each.toFixed(1)} times in half a minute; 4 or 5 do.`);
  },
);

check(
  'The same numbers give the same attempts',
  {
    rfc: '6455 §7.2.3',
    stretch: true,
    hint: ['Where else does chance come in?', 'Only by options.random, and time only by options.clock.'],
  },
  () => {
    const [once, again] = [herd(50, { downMs: 30_000, seed: 7 }), herd(50, { downMs: 30_000, seed: 7 })];
    expect(again).toEqual(once);
    expect(herd(50, { downMs: 30_000, seed: 8 })).not.toEqual(once);
  },
);
