import { expect } from 'vitest';
import {
  addressKey,
  ConnectionCaps,
  clientAddress,
  Guard,
  type GuardLimits,
  handshakeLimits,
  RateLimiter,
} from '#labs/16-limits';
import { seededRandom } from '../workbook/seeded-random.ts';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';
import {
  CountingClock,
  expectVerdicts,
  handshakeHead,
  LimitedServer,
  type RawClient,
  rate,
  TestBucket,
} from './support/limits.ts';
import { VirtualClock } from './support/virtual-clock.ts';

const hour = 3_600_000;

check(
  'A full bucket gives its burst at once, and then makes wait',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'How many tokens are there at the start, and what does each take do to them?',
      'Start with burst tokens. take() with none left returns how long to wait.',
    ],
  },
  () => {
    const bucket = new TestBucket();
    expect(bucket.isFull, 'a new bucket is full').toBe(true);
    expect(bucket.drain(), 'tokens taken at once, where burst is 5').toBe(5);
    expect(bucket.isFull, 'a bucket that was emptied is full').toBe(false);
    expect(bucket.take(), 'the wait, at 10 a second').toBe(100);
  },
);

check(
  'The wait is the time until it passes',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'The bucket is empty. When is there one token, at this rate? And when there is half of one already?',
      'What is missing, divided by the tokens a millisecond, rounded up.',
    ],
  },
  () => {
    for (const [perSecond, tokens] of [
      [10, 1],
      [3, 1],
      [7, 4],
      [1_000, 5],
    ]) {
      const bucket = new TestBucket({ perSecond, burst: 5 });
      bucket.drain();
      const waitMs = bucket.waitFor(tokens);
      const what = `${tokens} tokens from an empty bucket, ${perSecond} a second`;
      expect(waitMs, `the wait for ${what}, in ms`).toBe(Math.ceil((1_000 * tokens) / perSecond));
      bucket.clock.advance(waitMs - 1);
      const leftMs = bucket.take(tokens);
      // A sum of fractions may be off by a hair, and so by a millisecond: that is as good.
      expectThat(leftMs === 1 || leftMs === 2, `The wait for ${what}, a millisecond early: ${leftMs} ms.`);
      bucket.clock.advance(leftMs);
      expect(bucket.take(tokens), `the wait for ${what}, after just that time`).toBe(0);
    }
  },
);

check(
  'Fractions of a token count: who asks often gets as much',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Asked every 30 ms, at 10 a second: how many tokens came since the last time, and where do they go?',
      'Do not round what has come in: keep the fraction, or the time that it stands for.',
    ],
  },
  () => {
    for (const stepMs of [1, 30, 99, 101, 250]) {
      const bucket = new TestBucket();
      bucket.drain();
      let taken = 0;
      for (let passed = 0; passed + stepMs <= 10_000; passed += stepMs) {
        bucket.clock.advance(stepMs);
        taken += bucket.drain();
      }
      const asked = stepMs * Math.floor(10_000 / stepMs);
      const due = Math.floor(asked / 100);
      // The last one may be a hair away, where fractions are added up.
      expectThat(
        taken === due || taken === due - 1,
        `In ${asked} ms at 10 a second ${due} come in; asked every ${stepMs} ms, your bucket gave ${taken}.`,
      );
    }
  },
);

check(
  'A bucket never holds more than its burst',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'A tab says nothing for a night. How much may it send at once in the morning?',
      'After filling: the smaller one of what there is and burst.',
    ],
  },
  () => {
    const bucket = new TestBucket();
    bucket.clock.sleep(8 * hour);
    expect(bucket.drain(), 'taken at once after eight quiet hours, where burst is 5').toBe(5);
  },
);

check(
  'A take is all or nothing',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Three tokens are there, four are wanted. How many are there afterwards?',
      'Take only if there are enough. A refusal must not cost anything, or who asks too often waits for ever.',
    ],
  },
  () => {
    const bucket = new TestBucket();
    expect(bucket.take(2), 'two of five').toBe(0);
    expect(bucket.take(4), 'the wait for four, where three are left').toBe(100);
    expect(bucket.waitFor(4), 'the same, asked again').toBe(100);
    expect(bucket.take(3), 'the three that are left').toBe(0);
    expect(bucket.take(5), 'the wait for five').toBe(500);
  },
);

check(
  'More than a bucket can hold is never there: the wait is Infinity',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Six tokens are wanted, the bucket holds five. After how many ms are there six?',
      'Compare with burst first. A finite wait would be a promise that is never kept.',
    ],
  },
  () => {
    const bucket = new TestBucket();
    expect(bucket.take(6), 'the wait for 6 where burst is 5').toBe(Number.POSITIVE_INFINITY);
    expect(bucket.take(5), 'the five that are still there').toBe(0);
    expect(bucket.waitFor(6), 'the wait for 6, from an empty one').toBe(Number.POSITIVE_INFINITY);
  },
);

check(
  'A clock that is put back neither takes tokens away nor stops the bucket',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'The machine’s clock was an hour fast, and is put right. What is now minus then?',
      'Less than no time never passes: count it as 0, and go on from the new time.',
    ],
  },
  () => {
    const bucket = new TestBucket();
    bucket.take(2);
    bucket.clock.sleep(-hour);
    expect(bucket.take(3), 'the three that were left').toBe(0);
    expect(bucket.take(), 'the wait for one more').toBe(100);
    bucket.clock.advance(100);
    expect(bucket.take(), 'a token, 100 ms later by the new time').toBe(0);
  },
);

check(
  'All connections of one user share a bucket, and nobody else does',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Someone opens twenty tabs. How many messages a second may they send?',
      'A Map from the key to a bucket; the same key finds the same bucket.',
    ],
  },
  () => {
    const limiter = new RateLimiter(rate, { clock: new VirtualClock() });
    const waits = Array.from({ length: 6 }, () => limiter.take('ada'));
    expect(waits, 'the waits of six takes of one key').toEqual([0, 0, 0, 0, 0, 100]);
    expect([limiter.take('ben'), limiter.waitFor('ada')], 'another key, and the first').toEqual([0, 100]);
    expect(limiter.take('cleo', 6), 'more than a bucket holds').toBe(Number.POSITIVE_INFINITY);
  },
);

check(
  'To ask a limiter costs no memory',
  {
    rfc: '6455 §10.4',
    hint: [
      'waitFor of a key that nobody knows: what must you keep of it?',
      'A key without a bucket has a full one. Answer as that would, and keep nothing.',
    ],
  },
  () => {
    const limiter = new RateLimiter(rate, { clock: new VirtualClock() });
    expect(limiter.waitFor('stranger'), 'the wait of a key that has taken nothing').toBe(0);
    expect(limiter.waitFor('stranger', 6), 'its wait for more than a bucket holds').toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(limiter.size, 'buckets kept').toBe(0);
  },
);

check(
  'Buckets that are full again are forgotten',
  {
    rfc: '6455 §10.4',
    hint: [
      'A million people came by last month. How many buckets do you keep?',
      'A full bucket is as good as none. At each take, look at those that were unused the longest.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(rate, { clock });
    for (let n = 0; n < 1_000; n++) limiter.take(`guest ${n}`, 1 + (n % 5));
    expect(limiter.size, 'buckets, none of them full').toBe(1_000);
    clock.advance(500);
    limiter.take('ada');
    expect(limiter.size, 'buckets, after all but one are full').toBe(1);
  },
);

check(
  'However many keys come, memory is bounded and newcomers are served',
  {
    rfc: '6455 §10.4',
    hint: [
      'Keys cost an attacker nothing. What happens at the next one after maxKeys?',
      'Forget one, not the newcomer: refused newcomers would be the attacker’s success.',
    ],
  },
  () => {
    const limiter = new RateLimiter(rate, { maxKeys: 100, clock: new VirtualClock() });
    const waits = Array.from({ length: 5_000 }, (_, n) => limiter.take(`key ${n}`, 5));
    expect(limiter.size, 'buckets, where maxKeys is 100').toBeLessThanOrEqual(100);
    expect(waits.filter((wait) => wait > 0).length, 'newcomers that were refused').toBe(0);
  },
);

check(
  'Who goes on flooding is not the one to be forgotten',
  {
    rfc: '6455 §10.4',
    hint: [
      'The flood came first. Is it the oldest, or the last that was used?',
      'Forget whoever was unused for the longest time: a Map keeps the order of set, so delete and set again.',
    ],
  },
  () => {
    const limiter = new RateLimiter(rate, { maxKeys: 10, clock: new VirtualClock() });
    limiter.take('flood', 5);
    const waits = Array.from({ length: 50 }, (_, n) => {
      limiter.take(`guest ${n}`);
      return limiter.take('flood');
    });
    expect(waits.filter((wait) => wait === 0).length, 'messages of the flood that passed again').toBe(0);
  },
);

check(
  'An IPv4 address is one, also where it is written as IPv6',
  {
    rfc: '4291 §2.5.5',
    hint: [
      'What does Node call an IPv4 client of a server that listens on `::`?',
      '::ffff:203.0.113.7 and ::ffff:cb00:7107 are 203.0.113.7. No other IPv6 address is IPv4.',
    ],
  },
  () => {
    const keys = ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '0:0:0:0:0:ffff:203.0.113.7'].map(
      addressKey,
    );
    expect(new Set(keys), 'the keys of four spellings of one address').toEqual(new Set(['203.0.113.7']));
    expect(addressKey('203.0.113.8'), 'the key of its neighbour').not.toBe(keys[0]);
    expect(addressKey('::203.0.113.7'), 'the key of ::203.0.113.7, which is not mapped').not.toBe(keys[0]);
  },
);

check(
  'An IPv6 address counts by its first 64 bits, however it is written',
  {
    rfc: '4291 §2.5.4',
    hint: [
      'How many addresses does one home have that was given a /64?',
      'Write out the eight groups, `::` too, and keep four. Letters in any case, zeros in front or not.',
    ],
  },
  () => {
    const same = [
      '2001:db8:0:7::1',
      '2001:DB8::7:1:2:3:4',
      '2001:0db8:0000:0007:ffff:ffff:ffff:ffff',
      '2001:db8:0:7:a:b:203.0.113.7',
      '2001:db8:0:7::1%eth0',
    ];
    const other = ['2001:db8:0:8::1', '2001:db8::1', '2001:db8:7::1', '::1', 'fe80::1', '::2:db8:0:7:1'];
    for (const address of same) {
      expect(addressKey(address), `the key of ${address}, in the /64 of ${same[0]}`).toBe(
        addressKey(same[0]),
      );
    }
    for (const address of other) {
      expect(addressKey(address), `the key of ${address}, in another /64 than ${same[0]}`).not.toBe(
        addressKey(same[0]),
      );
    }
    expect(new Set(other.map(addressKey)).size, `keys of ${other.join(' ')}`).toBe(other.length);
  },
);

check(
  'Who is no proxy of ours is believed nothing',
  {
    rfc: '7239 §8.1',
    hint: [
      'Anyone can write a header. Who wrote this one?',
      'Look at X-Forwarded-For only if the other end of TCP is one of the trusted proxies.',
    ],
  },
  () => {
    for (const header of ['198.51.100.1', '10.0.0.1', '198.51.100.1, 10.0.0.1']) {
      expect(clientAddress('203.0.113.7', header, ['10.0.0.1']), `from a stranger who sent ${header}`).toBe(
        '203.0.113.7',
      );
    }
    expect(clientAddress('10.0.0.1', '198.51.100.1', []), 'where no proxy is trusted').toBe('10.0.0.1');
  },
);

check(
  'Behind a trusted proxy, it is the last address: what stands before it was sent by the client',
  {
    rfc: '7239 §8.1',
    hint: [
      'A client sends X-Forwarded-For: 1.1.1.1 itself. What does the proxy make of it?',
      'A proxy appends. Read from the right; the first that is not trusted is the client.',
    ],
  },
  () => {
    const spoofed = '198.51.100.1, 10.0.0.1, 203.0.113.7';
    expect(clientAddress('10.0.0.1', '203.0.113.7', ['10.0.0.1']), 'one address').toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', spoofed, ['10.0.0.1']), `the client, of ${spoofed}`).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', undefined, ['10.0.0.1']), 'no header').toBe('10.0.0.1');
  },
);

check(
  'Several trusted proxies are walked through, and not one further',
  {
    rfc: '7239 §8.1',
    hint: [
      'A load balancer in front of another: whose address does the second one add?',
      'As long as the address at hand is trusted, the next one to the left is known.',
    ],
  },
  () => {
    const proxies = ['10.0.0.1', '10.0.0.2'];
    const header = '198.51.100.1, 203.0.113.7, 10.0.0.2';
    expect(clientAddress('10.0.0.1', header, proxies), `the client, of ${header}`).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', header, ['10.0.0.1']), 'where 10.0.0.2 is not ours').toBe('10.0.0.2');
    expect(clientAddress('10.0.0.1', '10.0.0.2', proxies), 'a proxy that asks for itself').toBe('10.0.0.2');
  },
);

check(
  'A trusted proxy is known by any spelling of its address',
  {
    rfc: '4291 §2.2',
    hint: [
      'Your proxy is 127.0.0.1, and Node says that ::ffff:127.0.0.1 has connected. Is it trusted?',
      'Bring both to one spelling before you compare: mapped IPv4 to IPv4, the groups of IPv6 written out.',
    ],
  },
  () => {
    const trusted = ['127.0.0.1', '2001:db8::1'];
    for (const proxy of ['127.0.0.1', '::ffff:127.0.0.1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1']) {
      expect(clientAddress(proxy, '203.0.113.7', trusted), `behind ${proxy}, which is trusted`).toBe(
        '203.0.113.7',
      );
    }
  },
);

check(
  'The neighbours of a trusted proxy are not trusted',
  {
    rfc: '7239 §8.1',
    hint: [
      'addressKey takes a /64 for one. Who else is in the /64 of your proxy?',
      'Compare whole addresses here: the /64 is right for caps, and wrong for trust.',
    ],
  },
  () => {
    const trusted = ['10.0.0.1', '2001:db8::1'];
    for (const neighbour of ['2001:db8::2', '10.0.0.2']) {
      expect(
        clientAddress(neighbour, '203.0.113.7', trusted),
        `of ${neighbour}, where ${trusted} are ours`,
      ).toBe(neighbour);
    }
  },
);

check(
  'An entry may have spaces, brackets and a port; what is no address ends the walk',
  {
    rfc: '7239 §6',
    hint: [
      'Proxies write 203.0.113.7:4711 and [2001:db8::1]:4711. What are the limits of port 4712?',
      'Take brackets and port off, then ask isIP. If it is none, the client is the last address that was one.',
    ],
  },
  () => {
    const of = (header: string) => clientAddress('10.0.0.1', header, ['10.0.0.1']);
    for (const entry of ['203.0.113.7', ' 203.0.113.7 ', '203.0.113.7:4711', '1.1.1.1,\t203.0.113.7:1']) {
      expect(of(entry), `of ${JSON.stringify(entry)}`).toBe('203.0.113.7');
    }
    for (const entry of ['2001:db8::1', '[2001:db8::1]', ' [2001:db8::1]:4711', 'x,[2001:db8::1]:80']) {
      expect(of(entry), `of ${JSON.stringify(entry)}`).toBe('2001:db8::1');
    }
    for (const entry of ['', ' , ', 'unknown', '_hidden', '203.0.113', '[203.0.113.7', '1.1.1.1, <script>']) {
      expect(of(entry), `of ${JSON.stringify(entry)}, whose last entry is no address`).toBe('10.0.0.1');
    }
  },
);

check(
  'One address may have so many connections, others have theirs',
  {
    rfc: '6455 §4.1',
    hint: [
      'A thousand connections from one machine: what do they leave for the others?',
      'Count by addressKey. At the cap, return undefined and count nothing.',
    ],
  },
  () => {
    const caps = new ConnectionCaps({ total: 100, perAddress: 3 });
    for (const host of [1, 2, 3]) {
      expectThat(caps.admit(`2001:db8::${host}`) !== undefined, `Connection ${host} of 3 was not admitted.`);
    }
    expect(caps.admit('2001:db8::4'), 'a fourth, from another address of the same /64').toBeUndefined();
    expect(caps.size, 'connections').toBe(3);
    expectThat(caps.admit('203.0.113.7') !== undefined, 'Another address was not admitted.');
    expect(caps.size, 'connections').toBe(4);
  },
);

check(
  'Over all there may be so many connections, whoever they are',
  {
    rfc: '6455 §4.1',
    hint: [
      'Ten thousand addresses with one connection each: which cap stops them?',
      'Check the total as well, before you count.',
    ],
  },
  () => {
    const caps = new ConnectionCaps({ total: 4, perAddress: 3 });
    const releases = [1, 2, 3, 4].map((host) => caps.admit(`203.0.113.${host}`));
    expect(caps.admit('203.0.113.5'), 'a fifth').toBeUndefined();
    releases[0]?.();
    expectThat(caps.admit('203.0.113.5') !== undefined, 'After one had ended, the next was not admitted.');
    expect([caps.size, caps.admit('203.0.113.6')], 'connections, and one more').toEqual([4, undefined]);
  },
);

check(
  'A connection ends once, however often it is said',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'Both error and close call your release. How many connections are left?',
      'The function that admit returns remembers that it was called.',
    ],
  },
  () => {
    const caps = new ConnectionCaps({ total: 10, perAddress: 2 });
    const first = caps.admit('203.0.113.7');
    const second = caps.admit('203.0.113.7');
    first?.();
    first?.();
    expect(caps.size, 'connections, one of two ended, said twice').toBe(1);
    const third = caps.admit('203.0.113.7');
    expectThat(third !== undefined, 'After one of two had ended, the next was not admitted.');
    expect(caps.admit('203.0.113.7'), 'a third at once').toBeUndefined();
    first?.();
    expect(caps.size, 'connections, after the first said it again').toBe(2);
    second?.();
    third();
    expect(caps.size, 'connections, after all have ended').toBe(0);
  },
);

/** Five messages at once and ten a second, 1,000 bytes, two control frames; three refusals. */
const limits: GuardLimits = {
  messages: rate,
  bytes: { perSecond: 1_000, burst: 1_000 },
  control: { perSecond: 1, burst: 2 },
  maxRefusals: 3,
};

check(
  'Who sends too fast is told how long to wait, and passes after that',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'What does the client do with a refusal that names no time?',
      'retryAfterMs is the bucket’s wait.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard(limits, { clock });
    const say = () => guard.message(10);
    expectVerdicts('six messages at once', say, ['pass', 'pass', 'pass', 'pass', 'pass', 'refuse 100']);
    clock.advance(100);
    expectVerdicts('after 100 ms', say, ['pass', 'refuse 100']);
    clock.advance(100);
    expectVerdicts('after 200 ms', say, ['pass', 'refuse 100']);
  },
);

check(
  'Bytes count as well as messages, and the longer wait is the true one',
  {
    rfc: '6455 §10.4',
    hint: [
      'Five messages a second are few. And if each has 30 kilobytes?',
      'Another bucket, whose tokens are bytes. All of them must have enough: tell the longest wait.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard(limits, { clock });
    expectVerdicts('600 bytes, of 1,000', () => guard.message(600), ['pass', 'refuse 200']);
    expectVerdicts('the 400 that are left', () => guard.message(400), ['pass']);
    expectVerdicts('three empty messages', () => guard.message(0), ['pass', 'pass', 'pass']);
    expectVerdicts('no message left, 150 bytes missing', () => guard.message(150), ['refuse 150']);
    clock.advance(100);
    expectVerdicts('the next message, with 100 bytes', () => guard.message(100), ['pass']);
    expectVerdicts('no message left, 50 bytes missing', () => guard.message(50), ['refuse 100']);
  },
);

check(
  'A message that is refused is paid by nobody',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'The connection has tokens, its user has none. What is in the connection’s bucket after the refusal?',
      'First ask all buckets how long to wait. Take from all of them only if none says so.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const users = new RateLimiter({ perSecond: 10, burst: 5 }, { clock });
    const slow: GuardLimits = { ...limits, messages: { perSecond: 0.001, burst: 4 }, maxRefusals: 100 };
    const [tab, other] = [new Guard(slow, { users, clock }), new Guard(slow, { users, clock })];
    for (let n = 0; n < 5; n++) (n < 2 ? tab : other).message(300, 'ada');
    expectVerdicts('the user has none', () => tab.message(300, 'ada'), ['refuse 100']);
    clock.advance(1_000);
    expectVerdicts('a second later: two of the tab’s four, and its bytes', () => tab.message(300, 'ada'), [
      'pass',
      'pass',
    ]);
    for (let n = 0; n < 10; n++) tab.message(300, 'ada');
    expect(users.waitFor('ada', 3), 'the wait for the three of the user that nobody took').toBe(0);
  },
);

check(
  'A user’s connections share what the user may send',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Who is limited: the tab, or the person with twenty tabs?',
      'Both. Before the connection has authenticated there is no user, and only its own buckets count.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const users = new RateLimiter({ perSecond: 1, burst: 3 }, { clock });
    const tabs = [new Guard(limits, { users, clock }), new Guard(limits, { users, clock })];
    expectVerdicts('before it is known who it is', () => tabs[0].message(1), ['pass', 'pass']);
    expectVerdicts('one tab', () => tabs[0].message(1, 'ada'), ['pass', 'pass']);
    expectVerdicts('the other', () => tabs[1].message(1, 'ada'), ['pass', 'refuse 1000']);
    expectVerdicts('someone else', () => tabs[1].message(1, 'ben'), ['pass']);
  },
);

check(
  'Who does not listen is closed with 1008',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'An answer to each message of a flood is a flood of answers. When is it enough?',
      'Count the refusals. After maxRefusals of them the next verdict is close.',
    ],
  },
  () => {
    const guard = new Guard(limits, { clock: new VirtualClock() });
    for (let n = 0; n < 5; n++) guard.message(1);
    const verdicts = Array.from({ length: 4 }, () => guard.message(1));
    expect(
      verdicts.map((verdict) => (verdict.do === 'close' ? verdict.code : verdict.do)),
      'a flood, where maxRefusals is 3',
    ).toEqual(['refuse', 'refuse', 'refuse', 1008]);
    const verdict = guard.message(1);
    expectThat(
      verdict.do === 'close' && verdict.reason !== '' && Buffer.byteLength(verdict.reason) <= 123,
      `The verdict after it is ${JSON.stringify(verdict)}: a close, with a reason of 1 to 123 bytes, was expected.`,
    );
  },
);

check(
  'Each refused message is told another time: one after the other they pass',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'A client comes back and sends a hundred messages at once. All but five are told: in 100 ms. What happens then?',
      'Add the time of one message for each refusal that was not made good yet.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard({ ...limits, maxRefusals: 50 }, { clock });
    const start = clock.now();
    for (let n = 0; n < 5; n++) guard.message(1);
    const dueAt: number[] = [];
    for (let n = 0; n < 20; n++) {
      const verdict = guard.message(1);
      expectThat(verdict.do === 'refuse', `Message ${n + 6} at once: the verdict is ${verdict.do}.`);
      dueAt.push(verdict.retryAfterMs);
    }
    expect(dueAt, 'what twenty refused messages were told, in ms').toEqual(
      dueAt.map((_, n) => 100 * (n + 1)),
    );
    for (const due of dueAt) {
      clock.advance(start + due - clock.now());
      expectVerdicts(`the message that was told ${due} ms, then`, () => guard.message(1), ['pass']);
    }
  },
);

check(
  'Who waits when told so is never closed, however often that is',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Someone is refused, waits, and sends again, all day long. How many refusals have they had by the evening?',
      'A message that passes takes one refusal off the count.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard(limits, { clock });
    for (let n = 0; n < 5; n++) guard.message(1);
    for (let turn = 1; turn <= 20; turn++) {
      expectVerdicts(`turn ${turn}`, () => guard.message(1), ['refuse 100']);
      clock.advance(100);
      expectVerdicts(`turn ${turn}, 100 ms later`, () => guard.message(1), ['pass']);
    }
  },
);

check(
  'A flood is closed, though a message of it passes now and then',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'At 50 a second a token comes every 20 ms. How many messages of a flood lie between two that pass?',
      'Do not set the count to 0 when a message passes: that one takes off one.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard(limits, { clock });
    for (let n = 0; n < 5; n++) guard.message(1);
    const verdicts: string[] = [];
    for (let n = 0; n < 30; n++) {
      verdicts.push(guard.message(1).do);
      clock.advance(40);
    }
    expectThat(
      verdicts.includes('close'),
      `25 messages a second where 10 are allowed, maxRefusals is 3: after 30 of them the connection was still open (${verdicts.join(' ')}).`,
    );
  },
);

check(
  'A message that can never pass is closed with 1009, not told to wait',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'JSON has no Infinity: what would the client read as retryAfterMs?',
      'A wait that is not finite means a message too big to be handled: that has a close code of its own.',
    ],
  },
  () => {
    const guard = new Guard(limits, { clock: new VirtualClock() });
    expectVerdicts('1,000 bytes, then 1,001, where 1,000 is the burst', () => guard.message(1_000), ['pass']);
    expectVerdicts('1,001 bytes', () => guard.message(1_001), ['close 1009']);
  },
);

check(
  'Pings and pongs pass or end the connection, and cost no messages',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'Each ping costs a pong. Ten thousand of them a second?',
      'A bucket of their own. A control frame has no id and no answer that could say: wait.',
    ],
  },
  () => {
    const clock = new VirtualClock();
    const guard = new Guard(limits, { clock });
    expectVerdicts('three at once, where the burst is 2', () => guard.control(), [
      'pass',
      'pass',
      'close 1008',
    ]);
    const other = new Guard(limits, { clock });
    for (let n = 0; n < 5; n++) other.message(1);
    expectVerdicts('control, after all messages are used up', () => other.control(), ['pass', 'pass']);
    clock.advance(1_000);
    expectVerdicts('control, a second later', () => other.control(), ['pass']);
    expectVerdicts('messages', () => other.message(1), ['pass']);
  },
);

/** Runs Node's HTTP server with the deadline of the lab, in ms, and connections to it. */
const withServer = (deadlineMs: number, act: (connect: () => RawClient) => Promise<void>) =>
  new LimitedServer(handshakeLimits(deadlineMs)).run(act);

/** A deadline, and by when the connection is cut at the latest: a check that is late by a quarter, and a slow machine. */
const [deadlineMs, patienceMs] = [200, 2_000];

check(
  'A handshake that drips is cut, however alive it looks',
  {
    rfc: '9110 §15.5.9',
    hint: [
      'A byte every few seconds, on ten thousand connections: which timeout of Node sees it, and when does it look?',
      'headersTimeout and requestTimeout, and connectionsCheckingInterval: Node looks every 30 seconds by default.',
    ],
  },
  () =>
    withServer(deadlineMs, async (connect) => {
      const headers = connect();
      headers.send(`${handshakeHead}X-Slow: `);
      headers.drip(20);
      const body = connect();
      body.send('POST /session HTTP/1.1\r\nHost: chat.example\r\nContent-Length: 100000\r\n\r\n');
      body.drip(20);
      await headers.ended(`Headers that come a byte at a time, deadline ${deadlineMs} ms`, patienceMs);
      await body.ended(`A body that comes a byte at a time, deadline ${deadlineMs} ms`, patienceMs);
    }),
);

check(
  'A connection that says nothing is cut, before TLS as well',
  {
    rfc: '9110 §15.5.9',
    hint: [
      'Nothing was sent, so there are no headers to be late. Or are there? And before there is TLS?',
      'The same deadlines hold from the connection on. TLS has its own, handshakeTimeout: two minutes by default.',
    ],
  },
  async () => {
    const silent = `A connection that says nothing, deadline ${deadlineMs} ms`;
    await withServer(deadlineMs, async (connect) => connect().ended(silent, patienceMs));
    await new LimitedServer(handshakeLimits(deadlineMs), 'https').run(async (connect) =>
      connect().ended(`${silent}, at a server with TLS`, patienceMs),
    );
  },
);

check(
  'Headers without end are refused',
  {
    rfc: '6585 §5',
    hint: [
      'Where does Node keep a header that has no end yet?',
      'maxHeaderSize, in bytes. Node answers 431 itself.',
    ],
  },
  () =>
    withServer(10_000, async (connect) => {
      const client = connect();
      client.send(`${handshakeHead}Cookie: ${'x'.repeat(100_000)}`);
      await client.ended('100,000 bytes of headers', patienceMs);
      expect(client.answer.split('\r\n')[0], 'the answer to 100,000 bytes of headers').toMatch(/ (431|400) /);
    }),
);

check(
  'A handshake behind thousands of headers is refused, or seen whole',
  {
    rfc: '6585 §5',
    hint: [
      'What does Node 20 do with the headers after the first thousand? Which of yours stood last?',
      'It drops them, and hands the request on. Set maxHeadersCount so that nothing is dropped: the bytes are bounded anyway.',
    ],
  },
  async () => {
    for (const count of [100, 1_100, 1_900, 2_500]) {
      const server = new LimitedServer(handshakeLimits(10_000));
      await server.run(async (connect) => {
        const client = connect();
        const flood = 'a:\r\n'.repeat(count);
        client.send(
          `${handshakeHead.replace('Connection', `${flood}Connection`)}X-Forwarded-For: 1.1.1.1\r\n\r\n`,
        );
        await client.ended(`A handshake behind ${count} headers`, patienceMs);
        const [seen] = server.upgrades;
        const isWhole = seen?.headers['x-forwarded-for'] === '1.1.1.1' && seen.headers.upgrade !== undefined;
        expectThat(
          seen === undefined || isWhole,
          `Behind ${count} headers the handshake was handed on with ${seen?.rawHeaders.length / 2} of ${count + 6}: its Upgrade or the proxy’s X-Forwarded-For was dropped.`,
        );
      });
    }
  },
);

check(
  'An ordinary handshake passes, with a large cookie and in two pieces',
  {
    rfc: '6455 §4.1',
    hint: [
      'What does a browser send to a site that has set a few cookies?',
      'A cookie may have 4,096 bytes (RFC 6265 §6.1); with the rest that is under 8 KiB.',
    ],
  },
  async () => {
    const server = new LimitedServer(handshakeLimits(10_000));
    await server.run(async (connect) => {
      const client = connect();
      client.send(handshakeHead);
      client.send(`Cookie: session=${'x'.repeat(4_096)}\r\n\r\n`);
      await client.ended('A handshake with a cookie of 4 KiB', patienceMs);
      expect(client.answer.split('\r\n')[0], 'the answer').toBe('HTTP/1.1 101 Switching Protocols');
    });
  },
);

check(
  'In no stretch of time does more pass than the rate allows',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'What is the most that can pass within any 700 ms?',
      'The burst, and what 700 ms bring. Any other number means that somewhere a fraction is rounded up.',
    ],
    stretch: true,
  },
  () => {
    const random = seededRandom(16);
    for (let run = 0; run < 20; run++) {
      const perSecond = 1 + Math.floor(random() * 40);
      const bucket = new TestBucket({ perSecond, burst: 1 + Math.floor(random() * 10) });
      const start = bucket.clock.now();
      /** The highest level that the bucket could have, were it to give more than it should. */
      let owed = 0;
      for (let step = 0, last = start; step < 500; step++) {
        bucket.clock.advance(Math.floor(random() * 200));
        const now = bucket.clock.now();
        owed = Math.max(0, owed - ((now - last) / 1_000) * perSecond);
        last = now;
        const tokens = 1 + Math.floor(random() * 3);
        if (bucket.take(tokens) === 0) owed += tokens;
        expectThat(
          owed <= bucket.burst + 1e-6,
          `At ${now - start} ms, ${perSecond} a second: ${owed} more were taken than the rate brings, where burst is ${bucket.burst}.`,
        );
      }
    }
  },
);

check(
  'A take costs the same, however many keys there are',
  {
    rfc: '6455 §10.4',
    hint: [
      'Which buckets do you look at in one take?',
      'Only at those unused the longest, and only until the first that is not full.',
    ],
    stretch: true,
  },
  () => {
    const clock = new CountingClock();
    const limiter = new RateLimiter({ perSecond: 1, burst: 1_000 }, { clock });
    for (let n = 0; n < 20_000; n++) limiter.take(`key ${n}`, 500);
    const before = clock.looks;
    for (let n = 0; n < 1_000; n++) limiter.take(`key ${n}`);
    expect((clock.looks - before) / 1_000, 'looks at the clock, a take, with 20,000 buckets').toBeLessThan(
      100,
    );
  },
);
