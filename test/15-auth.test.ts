import { CompactSign } from 'jose';
import { expect, vi } from 'vitest';
import { type ClientMessage, messageLimits, parseClientMessage } from '#labs/10-protocol';
import {
  type Access,
  Admission,
  Authority,
  authorize,
  type Claims,
  isOriginAllowed,
  MemoryClaims,
} from '#labs/15-auth';
import {
  ada,
  admits,
  altered,
  Door,
  expectRefused,
  getTicket,
  hour,
  minute,
  Nodes,
  partsOf,
  secret,
  signIn,
} from './support/auth.ts';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';
import { VirtualClock } from './support/virtual-clock.ts';

const policy = {
  allowed: ['https://chat.example', 'http://localhost:8080', 'https://[::1]:8443'],
  allowAbsent: false,
};

/** Expects these to be refused by the policy above. */
function expectForeign(...origins: string[]): void {
  const letIn = origins.filter((origin) => isOriginAllowed(origin, policy));
  expect(letIn, `Let in, although only ${policy.allowed.join(' and ')} are allowed`).toEqual([]);
}

check(
  'Pages of an allowed origin are let in',
  {
    rfc: '6455 §10.2',
    hint: ['What does a browser send as Origin?', 'Let in what is equal to one of policy.allowed.'],
  },
  () => {
    const refused = policy.allowed.filter((origin) => !isOriginAllowed(origin, policy));
    expect(refused, 'Refused, although they are on the list').toEqual([]);
  },
);

check(
  'Another scheme, host or port is another origin, a sibling subdomain too',
  {
    rfc: '6454 §5',
    hint: [
      'Who controls old-blog.chat.example? And http://chat.example, in a café?',
      'Scheme, host and port must all be the same. A shared parent domain counts for nothing.',
    ],
  },
  () => {
    expectForeign(
      'http://chat.example',
      'https://chat.example:8443',
      'https://www.chat.example',
      'https://blog.example',
      'https://example',
      'http://localhost:8081',
      'http://localhost',
      'https://localhost:8080',
      'http://127.0.0.1:8080',
      'https://[::1]',
    );
  },
);

check(
  'An origin that only begins, ends or looks like an allowed one is foreign',
  {
    rfc: '6455 §10.2',
    hint: [
      'Anyone can register chat.example.evil.example. What do startsWith, endsWith, includes and a pattern say to it?',
      'Compare whole values. In a pattern the dot of chat.example matches any character, and without ^ and $ it matches anywhere.',
    ],
  },
  () => {
    expectForeign(
      'https://chat.example.evil.example',
      'https://evilchat.example',
      'https://evil.example:443chat.example',
      'https://chatxexample',
      'https://chat.examples',
      'https://chat.exampl',
      'http://localhost:80800',
      'http://localhost:8080.evil.example',
    );
  },
);

check(
  'The origin null is never let in, whatever the list says',
  {
    rfc: '6454 §7.3',
    hint: [
      'Whose page sends Origin: null?',
      'Anyone’s: a sandboxed iframe is enough. Refuse it before you look at the list.',
    ],
  },
  () => {
    expect(isOriginAllowed('null', policy), 'null is let in').toBe(false);
    const careless = { allowed: ['null', 'https://chat.example'], allowAbsent: true };
    expect(isOriginAllowed('null', careless), 'null is let in, with null on the list').toBe(false);
  },
);

check(
  'Without an Origin the policy decides; an empty one is not the same',
  {
    rfc: '6455 §4.1',
    hint: [
      'Who sends no Origin at all?',
      'Programs do, pages never. Undefined is absent; an empty value is a value, and not on the list.',
    ],
  },
  () => {
    expect(isOriginAllowed(undefined, policy), 'absent, where absent is not allowed').toBe(false);
    const open = { ...policy, allowAbsent: true };
    expect(isOriginAllowed(undefined, open), 'absent, where absent is allowed').toBe(true);
    expect(isOriginAllowed('', open), 'empty, where absent is allowed').toBe(false);
    expect(isOriginAllowed('https://evil.example', open), 'a foreign page, where absent is allowed').toBe(
      false,
    );
  },
);

check(
  'Several origins in one value are none',
  {
    rfc: '6454 §7.1',
    hint: [
      'Node joins two Origin headers with a comma and a space. What does your code see?',
      'One value, equal to nothing on the list: refuse it. Do not split it.',
    ],
  },
  () => {
    expectForeign(
      'https://chat.example, https://evil.example',
      'https://evil.example, https://chat.example',
      'https://chat.example, https://chat.example',
      'https://chat.example https://evil.example',
    );
  },
);

check(
  'Of all who claim a key, one gets it',
  {
    rfc: '7519 §4.1.7',
    hint: [
      'Two ask in the same moment. Is there an await between your look and your note?',
      'Look and note in one step: has, then set, with nothing awaited in between.',
    ],
  },
  async () => {
    const claims = new MemoryClaims(new VirtualClock());
    expect(await claims.isClaimed('k'), 'claimed before anyone has').toBe(false);
    const got = await Promise.all(Array.from({ length: 5 }, () => claims.claim('k', 1_000)));
    expect(got.filter(Boolean), 'of five claims at once, those that got it').toEqual([true]);
    expect(await claims.claim('k', 1_000), 'a claim after that').toBe(false);
    expect(await claims.isClaimed('k'), 'claimed afterwards').toBe(true);
    expect(await claims.claim('other', 1_000), 'a claim of another key').toBe(true);
  },
);

check(
  'A claim lasts for its lifetime, no shorter and no longer',
  {
    rfc: '7519 §4.1.7',
    hint: [
      'Until when is a used ticket to be remembered?',
      'Keep the end of each claim, clock.now() + lifetimeMs, and compare. A claim that fails must not prolong it.',
    ],
  },
  async () => {
    const clock = new VirtualClock();
    const claims = new MemoryClaims(clock);
    await claims.claim('long', 60_000);
    await claims.claim('short', 1_000);
    clock.sleep(900);
    await claims.claim('short', 60_000);
    clock.sleep(200);
    expect(await claims.isClaimed('short'), 'claimed for 1,000 ms, after 1,100 ms').toBe(false);
    expect(await claims.claim('short', 1_000), 'a new claim after 1,100 ms').toBe(true);
    clock.sleep(58_000);
    expect(await claims.isClaimed('long'), 'claimed for 60,000 ms, after 59,100 ms').toBe(true);
  },
);

check(
  'When it is full, it forgets nothing early and claims nothing new',
  {
    rfc: '7519 §4.1.7',
    hint: [
      'Somebody fills your memory with tickets they have used. What happens if you drop the oldest?',
      'An old ticket works again. Answer false to what is new until claims have run out, and then take them out.',
    ],
  },
  async () => {
    const clock = new VirtualClock();
    const claims = new MemoryClaims(clock, 3);
    for (const [key, lifetimeMs] of [
      ['a', 1_000],
      ['b', 60_000],
      ['c', 60_000],
    ] as const) {
      expect(await claims.claim(key, lifetimeMs), `claim of ${key}, with room for three`).toBe(true);
    }
    expect(await claims.claim('d', 1_000), 'a fourth claim, with room for three').toBe(false);
    expect(await claims.isClaimed('d'), 'the fourth is claimed').toBe(false);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => claims.isClaimed(key))), 'a, b and c').toEqual([
      true,
      true,
      true,
    ]);
    clock.sleep(5_000);
    expect(await claims.claim('d', 1_000), 'once the first has run out').toBe(true);
    expect(await claims.claim('e', 1_000), 'one too many again').toBe(false);
  },
);

check(
  'A session says who signed in, by which sign-in, and until when',
  {
    rfc: '7519 §4.1',
    hint: [
      'What does the server have to know of a user at each request?',
      'Sign id, name, a random id of this sign-in, and its end; read them back into an Identity.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node({ sessionMs: 2 * hour });
    const { session, identity } = await signIn(authority);
    expect(identity.user, 'the user of the session').toEqual(ada);
    expectThat(
      Math.abs(identity.expiresAt - (nodes.clock.now() + 2 * hour)) <= 1_000,
      `A session of two hours says that it ends in ${identity.expiresAt - nodes.clock.now()} ms.`,
    );
    expect(await authority.readSession(session), 'the same session, read again').toEqual(identity);
    const again = await signIn(authority);
    expectThat(
      again.identity.session !== identity.session && again.identity.session.length >= 16,
      `Two sign-ins of one user have the ids ${identity.session} and ${again.identity.session}.`,
    );
  },
);

check(
  'A session ends by the clock it is given',
  {
    rfc: '7519 §4.1.4',
    hint: [
      'Which time does jose compare exp with, unless you say?',
      'currentDate: new Date(clock.now()), and exp from the same clock.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node({ sessionMs: 12 * hour });
    const { session } = await signIn(authority);
    nodes.clock.sleep(12 * hour - 2_000);
    expect((await authority.readSession(session))?.user, 'two seconds before its end').toEqual(ada);
    nodes.clock.sleep(4_000);
    expect(await authority.readSession(session), 'two seconds after its end').toBeUndefined();
  },
);

check(
  'A token that was altered, or signed with another secret, is none',
  {
    rfc: '7519 §7.2',
    hint: [
      'Does readSession throw, or say undefined?',
      'jwtVerify throws one of jose’s errors for each of these; make it undefined.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node();
    const { session } = await signIn(authority);
    const ticket = await getTicket(authority);
    for (let place = 0; place < 1; place += 0.09) {
      const where = `with a character changed after ${Math.round(place * 100)} %`;
      expect(await authority.readSession(altered(session, place)), `a session ${where}`).toBeUndefined();
      expect(await authority.redeemTicket(altered(ticket, place)), `a ticket ${where}`).toBeUndefined();
    }
    for (const junk of ['', 'nonsense', '..', 'a.b.c', 'ä'.repeat(900), session.slice(0, -8)]) {
      expect(await authority.readSession(junk), `the session ${JSON.stringify(junk)}`).toBeUndefined();
      expect(await authority.redeemTicket(junk), `the ticket ${JSON.stringify(junk)}`).toBeUndefined();
    }
    const stranger = nodes.node({ secret: secret.map((byte) => byte ^ 1) });
    expect(await stranger.readSession(session), 'a session made with another secret').toBeUndefined();
    expect(await stranger.redeemTicket(ticket), 'a ticket made with another secret').toBeUndefined();
    expect((await authority.redeemTicket(ticket))?.user, 'the ticket itself, after all that').toEqual(ada);
  },
);

check(
  'The token does not choose its algorithm',
  {
    rfc: '8725 §3.1',
    hint: [
      'Who writes the alg of a token’s header? Whoever sends it.',
      'jwtVerify takes algorithms: name the one you sign with.',
    ],
  },
  async () => {
    const authority = new Nodes().node();
    const { session } = await signIn(authority);
    const parts = partsOf(session);
    // A token of another make has no header to lie in.
    if (!parts) return;
    const none = encoded({ ...parts.header, alg: 'none' });
    expect(
      await authority.readSession(`${none}.${encoded(parts.claims)}.`),
      'a session with alg none and no signature',
    ).toBeUndefined();
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      if ('alg' in parts.header && parts.header.alg === alg) continue;
      const signed = await new CompactSign(Buffer.from(JSON.stringify(parts.claims)))
        .setProtectedHeader({ ...parts.header, alg })
        .sign(secret);
      expect(
        await authority.readSession(signed),
        `a session signed with the secret, but by ${alg}`,
      ).toBeUndefined();
    }
  },
);

check(
  'A token with no end is none',
  {
    rfc: '7519 §4.1.4',
    hint: [
      'jose checks exp where there is one. And where there is none?',
      'requiredClaims: name every claim you rely on.',
    ],
  },
  async () => {
    const authority = new Nodes().node();
    const { session } = await signIn(authority);
    const parts = partsOf(session);
    // A token of another make says its end in another way.
    if (!parts || !('exp' in parts.claims)) return;
    const { exp: _, ...endless } = parts.claims;
    const signed = await new CompactSign(Buffer.from(JSON.stringify(endless)))
      .setProtectedHeader({ alg: 'HS256', ...parts.header })
      .sign(secret);
    expect(await authority.readSession(signed), 'a session signed by us, without exp').toBeUndefined();
  },
);

check(
  'A session is no ticket, and a ticket is no session',
  {
    rfc: '8725 §3.11',
    hint: [
      'Both are signed with one key. What tells them apart?',
      'A typ in the header, another for each kind, and asked for when it is read.',
    ],
  },
  async () => {
    const authority = new Nodes().node();
    const { session } = await signIn(authority);
    const ticket = await getTicket(authority);
    expectThat(
      !(await admits(authority.redeemTicket(session))),
      'A session was taken as a ticket: whoever sees one on a WebSocket has twelve hours.',
    );
    expectThat(
      !(await admits(authority.readSession(ticket))),
      'A ticket was taken as a session: it is good once, and makes any number of tickets.',
    );
    expect((await authority.readSession(session))?.user, 'the session as a session').toEqual(ada);
    expect((await authority.redeemTicket(ticket))?.user, 'the ticket as a ticket').toEqual(ada);
  },
);

check(
  'A ticket stands for its session: the same user, the same sign-in, the same end',
  {
    rfc: '7519 §4.1',
    hint: [
      'The connection is to end with the session. What does the ticket have to carry?',
      'The session’s id and its end, besides its own.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node();
    const { identity } = await signIn(authority);
    nodes.clock.sleep(3 * hour);
    const { ticket } = await authority.issueTicket(identity);
    expect(await authority.redeemTicket(ticket), 'who the ticket was made for').toEqual(identity);
  },
);

check(
  'A ticket is good once, also for those who come at once',
  {
    rfc: '7519 §4.1.7',
    hint: [
      'How do you know that a ticket was used, when it was you who signed it?',
      'Give each a random jti; whoever claims it first gets in.',
    ],
  },
  async () => {
    const authority = new Nodes().node();
    const { identity } = await signIn(authority);
    const [one, two] = [await authority.issueTicket(identity), await authority.issueTicket(identity)];
    expectThat(one.ticket !== two.ticket, 'Two tickets, made one after the other, are the same.');
    const together = await Promise.all(Array.from({ length: 5 }, () => authority.redeemTicket(one.ticket)));
    expect(together.filter((each) => each !== undefined).length, 'of five at once, those let in').toBe(1);
    expect(await authority.redeemTicket(one.ticket), 'the same ticket, later').toBeUndefined();
    expect((await authority.redeemTicket(two.ticket))?.user, 'the other ticket').toEqual(ada);
  },
);

check(
  'It is good once over all nodes that share secret and claims',
  {
    rfc: '7519 §4.1.7',
    hint: [
      'A page gets its ticket from one node and connects to another. Who knows what was used?',
      'Keep nothing of tickets in the authority: ask the claims.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const [one, two, three] = [nodes.node(), nodes.node(), nodes.node()];
    const ticket = await getTicket(one);
    expect((await two.redeemTicket(ticket))?.user, 'made by one node, used on another').toEqual(ada);
    for (const node of [one, two, three]) {
      expect(await node.redeemTicket(ticket), 'used, and tried on each node').toBeUndefined();
    }
  },
);

check(
  'A ticket that was not used in its time is none',
  {
    rfc: '7519 §4.1.4',
    hint: ['How long does a page need from ticket to auth?', 'exp, ticketMs from now.'],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node({ ticketMs: 60_000 });
    const { identity } = await signIn(authority);
    const early = await authority.issueTicket(identity);
    const late = await authority.issueTicket(identity);
    expectThat(
      early.expiresInMs > 59_000 && early.expiresInMs <= 60_000,
      `A ticket for 60,000 ms says expiresInMs: ${early.expiresInMs}.`,
    );
    nodes.clock.sleep(58_000);
    expect((await authority.redeemTicket(early.ticket))?.user, 'after 58 of its 60 seconds').toEqual(ada);
    nodes.clock.sleep(4_000);
    expect(await authority.redeemTicket(late.ticket), 'after 62 of its 60 seconds').toBeUndefined();
  },
);

check(
  'A ticket does not outlive its session',
  {
    rfc: '7519 §4.1.4',
    hint: ['The session has ten seconds left. And its ticket?', 'The earlier of the two ends.'],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node({ sessionMs: hour, ticketMs: 60_000 });
    const { identity } = await signIn(authority);
    nodes.clock.sleep(hour - 10_000);
    const { ticket, expiresInMs } = await authority.issueTicket(identity);
    expectThat(
      expiresInMs > 0 && expiresInMs <= 11_000,
      `The session ends in 10,000 ms; a ticket of it says expiresInMs: ${expiresInMs}.`,
    );
    nodes.clock.sleep(12_000);
    expect(await authority.redeemTicket(ticket), 'a ticket, two seconds after its session').toBeUndefined();
  },
);

check(
  'Signing out ends the session and every ticket made from it, on all nodes',
  {
    rfc: '8725 §3.10',
    hint: [
      'A signed token is good until exp, whatever you wish. Who remembers that it is not?',
      'Claim the session’s id, and ask for it in readSession and in redeemTicket.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const [one, two] = [nodes.node(), nodes.node()];
    const { session, identity } = await signIn(one);
    const { ticket } = await one.issueTicket(identity);
    const other = await signIn(one);
    await two.revoke(session);
    expect(await one.readSession(session), 'a session after signing out').toBeUndefined();
    expect(await one.redeemTicket(ticket), 'a ticket from before signing out').toBeUndefined();
    expect((await one.readSession(other.session))?.user, 'another sign-in of the same user').toEqual(ada);
    await one.revoke(session);
    expect(await two.readSession(session), 'after signing out twice').toBeUndefined();
  },
);

check(
  'A sign-out says whose it was, the second time too, and nothing of what is no session',
  {
    rfc: '9110 §9.2.2',
    hint: [
      'The session has ended, and the other nodes could not be told of it. The client asks again: to sign out whom?',
      'Read the session by its signature; whether it was revoked does not matter here. A ticket and a forgery are undefined.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const [one, two] = [nodes.node(), nodes.node()];
    const { session, identity } = await signIn(one);
    const { ticket } = await one.issueTicket(identity);
    expect(await one.revoke(session), 'signing out').toEqual(identity);
    expect(await two.revoke(session), 'signing out again, at another node').toEqual(identity);
    for (const [what, token] of [
      ['a ticket', ticket],
      ['an altered session', altered(session, 0.5)],
      ['no token', 'nonsense'],
    ]) {
      expect(await one.revoke(token), `signing out by ${what}`).toBeUndefined();
    }
  },
);

check(
  'A sign-out is remembered for as long as the session would have lasted',
  {
    rfc: '7519 §4.1.4',
    hint: [
      'The claim runs out. Is the session still good by its signature?',
      'lifetimeMs: up to the session’s expiresAt at least.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const authority = nodes.node({ sessionMs: 12 * hour });
    const { session } = await signIn(authority);
    nodes.clock.sleep(hour);
    await authority.revoke(session);
    for (let passed = 1; passed < 11; passed++) {
      nodes.clock.sleep(hour);
      expect(await authority.readSession(session), `${passed} hours after signing out`).toBeUndefined();
    }
  },
);

check(
  'Where the claims cannot be asked nobody is let in, and a sign-out does not pretend',
  {
    rfc: '8725 §3.10',
    hint: [
      'The store of the claims is away. Is a ticket good then?',
      'Nobody knows: let the rejection pass. A catch that says "not claimed" opens the door.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const { session, identity } = await signIn(nodes.node());
    const { ticket } = await nodes.node().issueTicket(identity);
    const away = () => Promise.reject(new Error('The store is away.'));
    const authority = nodes.node({ claims: { claim: away, isClaimed: away } });
    expectThat(!(await admits(authority.redeemTicket(ticket))), 'A ticket was taken, with the claims away.');
    expectThat(!(await admits(authority.readSession(session))), 'A session was read, with the claims away.');
    const full: Claims = { claim: async () => false, isClaimed: async () => false };
    for (const claims of [{ claim: away, isClaimed: away }, full]) {
      const signedOut = await nodes
        .node({ claims })
        .revoke(session)
        .then(
          () => true,
          (error: Error) => {
            if (error.name === 'Unfinished') throw error;
            return false;
          },
        );
      expectThat(!signedOut, 'revoke said that all is well, although its claim was not taken.');
    }
  },
);

check(
  'A secret of less than 32 bytes is refused at once',
  {
    rfc: '7518 §3.2',
    hint: [
      'Who has one token of yours can try secrets at home, millions a second.',
      'Throw a RangeError in the constructor.',
    ],
  },
  () => {
    const claims: Claims = { claim: async () => true, isClaimed: async () => false };
    for (const length of [0, 1, 31]) {
      expect(() => new Authority({ secret: new Uint8Array(length), claims }), `${length} bytes`).toThrow(
        RangeError,
      );
    }
    new Authority({ secret: new Uint8Array(32), claims });
  },
);

check(
  'A ticket fits into an auth message, even with the longest name',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'auth takes a ticket of 1,024 characters. How long is yours?',
      'Put in what is needed: id, name, the two ids, two times. base64url makes four characters of three bytes.',
    ],
  },
  async () => {
    const authority = new Nodes().node();
    for (const name of ['€', '\u{1f600}'.slice(0, 1), '"'].map((c) =>
      c.repeat(messageLimits.maxUserNameLength),
    )) {
      const session = await authority.createSession({ id: crypto.randomUUID(), name });
      const identity = await authority.readSession(session);
      expectThat(identity !== undefined, `The session of a user with the name ${name} is not read.`);
      const { ticket } = await authority.issueTicket(identity);
      const message = Buffer.from(JSON.stringify({ type: 'auth', ticket }));
      expect(parseClientMessage(message, false)).toEqual({ type: 'auth', ticket });
      expect((await authority.redeemTicket(ticket))?.user.name, 'the name in the ticket').toBe(name);
    }
  },
);

check(
  'Who sends no ticket is closed with 1008 at the deadline, once',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'When does the deadline begin?',
      'In the constructor: one clock.setTimeout, then close(1008, a short reason).',
    ],
  },
  () => {
    const door = new Door();
    expect(door.admission.identity, 'identity at the start').toBeUndefined();
    door.clock.advance(door.deadlineMs - 1);
    expect(door.closedAt, 'one millisecond before the deadline').toEqual([]);
    door.clock.advance(1);
    expect(door.closedAt, 'at the deadline').toEqual(['1008 at 10000']);
    const [{ reason }] = door.closes;
    expectThat(
      Buffer.byteLength(reason) <= 123,
      `The reason has ${Buffer.byteLength(reason)} bytes; a Close frame has room for 123 (§5.5).`,
    );
    door.clock.advance(10 * door.deadlineMs);
    expect(door.closedAt, 'later').toEqual(['1008 at 10000']);
  },
);

check(
  'A good ticket admits its user, and the deadline is over',
  {
    rfc: 'chat.v1 §client',
    hint: ['What is left of the timer?', 'Clear it, and keep who was admitted.'],
  },
  async () => {
    const door = new Door();
    const identity = door.identity();
    expect(await door.admit(identity), 'what authenticate gives').toEqual(identity);
    expect(door.redeemer.asked, 'what redeem was asked').toEqual(['a ticket']);
    expect(door.admission.identity, 'identity').toEqual(identity);
    door.clock.advance(3 * door.deadlineMs);
    expect(door.closedAt, 'closed').toEqual([]);
  },
);

check(
  'After a bad ticket another may be tried, and the deadline goes on',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Somebody sends a bad ticket every nine seconds. For how long may they stay?',
      'Throw a Refusal, close nothing, and leave the timer alone.',
    ],
  },
  async () => {
    const patient = new Door();
    for (let n = 0; n < 3; n++) {
      await expectRefused('A bad ticket', 'unauthenticated', () => patient.admit(undefined));
      patient.clock.advance(3_000);
    }
    expect(patient.closedAt, 'after three bad tickets in 9 seconds').toEqual([]);
    patient.clock.advance(1_000);
    expect(patient.closedAt, 'at the deadline, a second after the last').toEqual(['1008 at 10000']);
    const lucky = new Door();
    await expectRefused('A bad ticket', 'unauthenticated', () => lucky.admit(undefined));
    expect((await lucky.admit(lucky.identity())).user, 'a good one after it').toEqual(ada);
  },
);

check(
  'One ticket is checked at a time, and nobody is admitted twice',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Two auth messages in one packet: what do two checks at once end in?',
      'Refuse the second with bad_message, while the first is checked and ever after; do not redeem it.',
    ],
  },
  async () => {
    const door = new Door();
    const first = door.admission.authenticate('first');
    await expectRefused('An auth while another is being checked', 'bad_message', () =>
      door.admission.authenticate('second'),
    );
    door.redeemer.answer(door.identity());
    await first;
    await expectRefused('An auth after one was admitted', 'bad_message', () =>
      door.admission.authenticate('third'),
    );
    expect(door.redeemer.asked, 'the tickets that were redeemed').toEqual(['first']);
    expect(door.admission.identity?.user, 'who is here').toEqual(ada);
  },
);

check(
  'A ticket that turns out good after the deadline admits nobody',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Redis takes its time. What has happened when the answer comes?',
      'After the await, look again whether the connection is over.',
    ],
  },
  async () => {
    const door = new Door();
    const admitted = door.admission.authenticate('slow');
    admitted.catch(() => {});
    door.clock.advance(door.deadlineMs);
    expect(door.closedAt, 'at the deadline, with a ticket being checked').toEqual(['1008 at 10000']);
    door.redeemer.answer(door.identity());
    await expectRefused('A ticket found good too late', 'unauthenticated', () => admitted);
    expect(door.admission.identity, 'identity').toBeUndefined();
    door.clock.advance(2 * minute);
    expect(door.closedAt, 'closed, in all').toEqual(['1008 at 10000']);
    await expectRefused('A ticket sent after that', 'unauthenticated', () =>
      door.admission.authenticate('late'),
    );
    expect(door.redeemer.asked, 'the tickets that were redeemed').toEqual(['slow']);
  },
);

check(
  'A ticket that turns out good after the connection is gone admits nobody',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'The tab was closed while you asked Redis. Who would take this member out of the rooms again?',
      'Nobody: the close event has been. stop is remembered, and looked at after the await.',
    ],
  },
  async () => {
    const door = new Door();
    const admitted = door.admission.authenticate('slow');
    admitted.catch(() => {});
    door.admission.stop();
    door.redeemer.answer(door.identity());
    await expectRefused('A ticket found good after stop', 'unauthenticated', () => admitted);
    expect(door.admission.identity, 'identity').toBeUndefined();
    expect(door.clock.timerCount, 'timers that are set').toBe(0);
    door.clock.advance(2 * minute);
    expect(door.closedAt, 'closed').toEqual([]);
  },
);

check(
  'stop leaves no timer and closes nothing',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'Ten thousand connections came and went. How many timers are set?',
      'Clear the one there is: the deadline’s, or the session’s.',
    ],
  },
  async () => {
    for (const door of [new Door(), await Door.withAda()]) {
      door.admission.stop();
      door.admission.stop();
      expect(door.clock.timerCount, 'timers after stop').toBe(0);
      door.clock.advance(2 * minute);
      expect(door.closedAt, 'closed').toEqual([]);
    }
  },
);

check(
  'A connection is closed with 1008 when its session ends',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'You check exp at the handshake. And twelve minutes later?',
      'Once admitted, set a timer for the session’s end.',
    ],
  },
  async () => {
    const door = await Door.withAda(minute);
    door.clock.advance(minute - 1);
    expect(door.closedAt, 'one millisecond before the end').toEqual([]);
    expect(door.admission.identity?.user, 'who is here then').toEqual(ada);
    door.clock.advance(1);
    expect(door.closedAt, 'at the end').toEqual([`1008 at ${minute}`]);
    expect(door.admission.identity, 'who is here then').toBeUndefined();
    door.clock.advance(minute);
    expect(door.closedAt, 'later').toEqual([`1008 at ${minute}`]);
    expect(door.clock.timerCount, 'timers that are set').toBe(0);
  },
);

check(
  'Whose session has ended is nobody, even before the timer says so',
  {
    rfc: '7519 §4.1.4',
    hint: [
      'The machine slept for a night, and timers with it. Whose is the next message?',
      'identity compares expiresAt with clock.now(); so does authenticate, with what redeem gives.',
    ],
  },
  async () => {
    const door = await Door.withAda(minute);
    door.clock.sleep(hour);
    expect(
      door.admission.identity,
      'an hour after it came in for a minute, with no timer run',
    ).toBeUndefined();
    const late = new Door();
    const admitted = late.admission.authenticate('a ticket');
    const identity = late.identity(5_000);
    late.clock.advance(6_000);
    late.redeemer.answer(identity);
    await expectRefused(
      'A ticket whose session ended while it was checked',
      'unauthenticated',
      () => admitted,
    );
    expect(late.admission.identity, 'identity').toBeUndefined();
  },
);

check(
  'A session of more than 24.8 days is not over at once',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'setTimeout keeps its time in 32 bits. What does it do with 25 days?',
      'It fires after a millisecond. Wait for 2^31 − 1 ms at most, then look at the clock and wait again.',
    ],
  },
  async () => {
    vi.useFakeTimers();
    try {
      const days = 24 * hour;
      const closes: number[] = [];
      const admission = new Admission({
        redeem: async () => ({ user: ada, session: 's1', expiresAt: Date.now() + 25 * days }),
        deadlineMs: 10_000,
        close: (code) => closes.push(code),
      });
      await admission.authenticate('a ticket');
      vi.advanceTimersByTime(24.9 * days);
      expect(closes, 'closed, with a session of 25 days, within 24.9').toEqual([]);
      vi.advanceTimersByTime(0.2 * days);
      expect(closes, 'closed within 25.1 days').toEqual([1008]);
      expect(vi.getTimerCount(), 'timers that are set').toBe(0);
    } finally {
      vi.useRealTimers();
    }
  },
);

check(
  'When a ticket cannot be checked the sender may try again, and the deadline goes on',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'redeem rejects: the store is away. Is your "being checked" still set?',
      'finally. The error goes to whoever called authenticate.',
    ],
  },
  async () => {
    const door = new Door();
    const away = new Error('The store is away.');
    const first = door.admission.authenticate('a ticket');
    door.redeemer.fail(away);
    await expect(first, 'what authenticate rejects with').rejects.toBe(away);
    expect(door.admission.identity, 'identity').toBeUndefined();
    expect((await door.admit(door.identity())).user, 'a second try').toEqual(ada);
    const unlucky = new Door();
    const failed = unlucky.admission.authenticate('a ticket');
    unlucky.redeemer.fail(away);
    await expect(failed).rejects.toBe(away);
    unlucky.clock.advance(unlucky.deadlineMs);
    expect(unlucky.closedAt, 'at the deadline, after a check that failed').toEqual(['1008 at 10000']);
  },
);

check(
  'Signing out closes the connections of that session, also one that is just coming in',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The sign-out is told while a ticket of its session is being checked. Whom does it reach?',
      'revoked closes its own session’s connection; what is told during a check is remembered until its answer comes.',
    ],
  },
  async () => {
    const door = await Door.withAda();
    door.admission.revoked('s2');
    expect(door.closedAt, 'after another session was signed out').toEqual([]);
    door.admission.revoked('s1');
    door.admission.revoked('s1');
    expect(door.closedAt, 'after its own was').toEqual(['1008 at 0']);
    expect(door.admission.identity, 'who is here').toBeUndefined();
    expect(door.clock.timerCount, 'timers that are set').toBe(0);

    const coming = new Door();
    const admitted = coming.admission.authenticate('a ticket');
    coming.admission.revoked('s2');
    coming.admission.revoked('s1');
    coming.redeemer.answer(coming.identity());
    await expectRefused('A ticket of a session that was just signed out', 'unauthenticated', () => admitted);
    expect(coming.admission.identity, 'who is here').toBeUndefined();
    expect((await coming.admit({ ...coming.identity(), session: 's3' })).user, 'by a new sign-in').toEqual(
      ada,
    );
  },
);

const messages: ClientMessage[] = [
  { type: 'join', room: 'lobby' },
  { type: 'leave', room: 'lobby' },
  { type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' },
  { type: 'direct', id: 'm2', to: 'u2', content: 'Hello' },
  { type: 'ping' },
];

/** Ada, in these rooms. */
const accessOf = (...rooms: string[]): Access => ({ user: ada, isIn: (room) => rooms.includes(room) });

check(
  'Before a good ticket, nothing is allowed',
  {
    rfc: 'chat.v1 §errors',
    hint: ['Even a ping?', 'Without a user every message is unauthenticated; its id goes with the refusal.'],
  },
  async () => {
    const nobody: Access = { user: undefined, isIn: () => true };
    for (const message of messages) {
      const { id } = await expectRefused(`${message.type} of nobody`, 'unauthenticated', () =>
        authorize(message, nobody),
      );
      expect(id, `the id in the refusal of ${message.type}`).toBe('id' in message ? message.id : undefined);
    }
  },
);

check(
  'What a user may do is theirs: authorize says whose it is',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'Nothing in a message says who sent it. Where does `from` come from?',
      'From the connection: return access.user.',
    ],
  },
  () => {
    for (const message of messages) {
      expect(authorize(message, accessOf('lobby')), `whose ${message.type} it is`).toEqual(ada);
    }
    expect(authorize({ type: 'join', room: 'elsewhere' }, accessOf()), 'who joins another room').toEqual(ada);
  },
);

check(
  'A second auth is refused',
  {
    rfc: 'chat.v1 §errors',
    hint: ['May a connection change its user?', 'bad_message.'],
  },
  async () => {
    await expectRefused('An auth of somebody who is here', 'bad_message', () =>
      authorize({ type: 'auth', ticket: 'a ticket' }, accessOf('lobby')),
    );
  },
);

check(
  'Only who is in a room may post in it, or leave it',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Hiding a button is no authorisation: anyone can send any message.',
      'Ask access.isIn for the room of this message, each time.',
    ],
  },
  async () => {
    const access = accessOf('lobby');
    const chat = { type: 'chat', id: 'm7', room: 'boardroom', content: 'Hello' } as const;
    const { id } = await expectRefused('A chat in a room one is not in', 'not_in_room', () =>
      authorize(chat, access),
    );
    expect(id, 'the id in the refusal').toBe('m7');
    await expectRefused('Leaving a room one is not in', 'not_in_room', () =>
      authorize({ type: 'leave', room: 'boardroom' }, access),
    );
    expect(authorize({ ...chat, room: 'lobby' }, access), 'a chat in the room one is in').toEqual(ada);
  },
);

check(
  'Only who may be in a room may join it, or still post in it',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'The right was there when they joined, an hour ago. And now?',
      'mayJoin is asked for every join and every chat: forbidden. Without mayJoin everyone may.',
    ],
  },
  async () => {
    let isMember = true;
    const access: Access = {
      ...accessOf('boardroom'),
      mayJoin: (user, room) => room === 'lobby' || (isMember && user.id === ada.id),
    };
    const chat = { type: 'chat', id: 'm8', room: 'boardroom', content: 'Hello' } as const;
    const join = { type: 'join', room: 'boardroom' } as const;
    expect([authorize(join, access), authorize(chat, access)], 'while she has the right').toEqual([ada, ada]);
    isMember = false;
    await expectRefused('A join without the right', 'forbidden', () => authorize(join, access));
    const { id } = await expectRefused('A chat after the right was taken', 'forbidden', () =>
      authorize(chat, access),
    );
    expect(id, 'the id in the refusal').toBe('m8');
    expect(authorize({ type: 'leave', room: 'boardroom' }, access), 'leaving, without the right').toEqual(
      ada,
    );
    expect(authorize({ type: 'join', room: 'lobby' }, access), 'joining another room').toEqual(ada);
  },
);

check(
  'A used ticket stays used on a node whose clock is behind',
  {
    rfc: '7519 §4.1.4',
    stretch: true,
    hint: [
      'By one node’s clock the ticket has run out, and with it the claim. And by another’s?',
      'Let a claim outlive its ticket by as much as clocks may differ: a minute, say.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const behind = new VirtualClock();
    const [one, two] = [nodes.node({ ticketMs: 60_000 }), nodes.node({ clock: behind })];
    const ticket = await getTicket(one);
    expect((await one.redeemTicket(ticket))?.user).toEqual(ada);
    nodes.clock.sleep(63_000);
    behind.sleep(43_000);
    expect(await two.redeemTicket(ticket), 'used, on a node whose clock is 20 s behind').toBeUndefined();
  },
);

check(
  'Who signs out while a ticket is being claimed is out',
  {
    rfc: '8725 §3.10',
    stretch: true,
    hint: [
      'You ask for the sign-out first and claim then. What may happen in between?',
      'Claim first, and ask for the sign-out last.',
    ],
  },
  async () => {
    const nodes = new Nodes();
    const { session, identity } = await signIn(nodes.node());
    const { ticket } = await nodes.node().issueTicket(identity);
    let claiming = false;
    const slow: Claims = {
      isClaimed: (key) => nodes.claims.isClaimed(key),
      async claim(key, lifetimeMs) {
        // Whatever this node claims takes so long that the user signs out on another one.
        if (!claiming) {
          claiming = true;
          await nodes.node().revoke(session);
        }
        return await nodes.claims.claim(key, lifetimeMs);
      },
    };
    expect(
      await nodes.node({ claims: slow }).redeemTicket(ticket),
      'a ticket whose session was signed out while it was being claimed',
    ).toBeUndefined();
  },
);

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
