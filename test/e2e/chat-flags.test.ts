import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../../workbook/chat/certificate.ts';
import { workbookRoot } from '../../workbook/course.ts';
import { Chat } from './chat-command.ts';

/** Files with these texts, in a folder that goes with the test. */
function files(texts: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'websocket-101-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const written = Object.entries(texts).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return [name, path];
  });
  return Object.fromEntries(written);
}

const start = (...flags: string[]) => new Chat(workbookRoot, '--port', '0', '--mine', 'none', ...flags);

test('--cert and --key: a client that trusts this certificate, and no other, is let in', async () => {
  const { cert, key } = await makeCertificate();
  const paths = files({ cert, key });
  const host = await start('--tls', '--cert', paths.cert, '--key', paths.key).host();
  const status = await new Promise((resolve, reject) => {
    get(`https://${host}/healthz`, { ca: cert }, ({ statusCode }) => resolve(statusCode)).on('error', reject);
  });
  expect(status).toBe(200);
});

test.each([
  [
    'a key that is not the certificate’s',
    async () => (await makeCertificate()).key,
    /The certificate cannot be used/,
  ],
  ['a file that is no key', async () => 'nonsense', /The certificate cannot be used/],
])('%s is said in a sentence, at the start', async (_, makeKey, sentence) => {
  const paths = files({ cert: (await makeCertificate()).cert, key: await makeKey() });
  const chat = start('--tls', '--cert', paths.cert, '--key', paths.key);
  expect(await chat.exitCode()).toBe(1);
  expect(chat.output).toMatch(sentence);
});

test.each([
  [['--cert', 'a.pem'], /--cert and --key go together/],
  [['--cert', 'a.pem', '--key', 'b.pem'], /A certificate is for TLS: add --tls/],
  [['--redis', 'localhost'], /A Redis is named as in redis:\/\/localhost:6379/],
  [['--redis-cluster'], /--redis-cluster needs --redis/],
  [['--trust-proxy', 'my-proxy'], /A proxy is named by its address/],
])('%s is refused with a sentence', async (flags, sentence) => {
  const chat = start(...flags);
  expect(await chat.exitCode()).toBe(2);
  expect(chat.output).toMatch(sentence);
});

test('a Redis that is not there is said in a sentence, and its password is not', async () => {
  const chat = start('--redis', 'redis://ada:secret@127.0.0.1:1');
  expect(await chat.exitCode()).toBe(1);
  expect(chat.output).toContain('There is no Redis at 127.0.0.1:1. Start one, or leave out --redis.');
  expect(chat.output).not.toContain('secret');
});
