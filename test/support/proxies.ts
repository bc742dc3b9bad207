import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { haproxyFor, replaceLines, shippedConfiguration } from '../../workbook/cluster/configuration.ts';
import { findProgram } from '../../workbook/cluster/find-program.ts';
import { freePort, untilListening } from '../../workbook/cluster/ports.ts';

/** Lines of a configuration that a test has otherwise: shorter times, or none. */
export type Change = [pattern: RegExp, lines: readonly string[]];

/** A proxy that a test may put before nodes, with the shipped configuration. */
export interface ShippedProxy {
  name: 'haproxy' | 'nginx';
  /** Starts it before these nodes (`127.0.0.1:40123`), and gives its own address. It ends with the test. */
  start(nodes: readonly string[], changes?: readonly Change[]): Promise<string>;
}

export const haproxy: ShippedProxy = {
  name: 'haproxy',
  async start(nodes, changes = []) {
    const port = await freePort();
    const folder = temporaryFolder();
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, changed(haproxyFor(port, nodes), changes));
    return await run('haproxy', ['-db', '-q', '-f', file], port);
  },
};

export const nginx: ShippedProxy = {
  name: 'nginx',
  async start(nodes, changes = []) {
    const port = await freePort();
    const folder = temporaryFolder();
    const site = replaceLines(
      replaceLines(shippedConfiguration('nginx.conf'), /^\s*listen 80;/, [`listen 127.0.0.1:${port};`]),
      /^\s*server \d/,
      nodes.map((address) => `server ${address} max_fails=1 fail_timeout=2s;`),
    );
    writeFileSync(join(folder, 'chat.conf'), changed(site, changes));
    writeFileSync(join(folder, 'nginx.conf'), mainConfiguration(folder));
    return await run('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], port);
  },
};

/** What a distribution's nginx.conf does: workers, places for files, and the sites. */
function mainConfiguration(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/chat.conf;
}
`;
}

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((before, [pattern, lines]) => replaceLines(before, pattern, lines), text);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ws101-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(name: string, args: readonly string[], port: number): Promise<string> {
  const program = findProgram(name);
  if (!program) throw new Error(`These tests need ${name}: install it.`);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => end(child));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new AbortController();
  child.on('exit', () => ended.abort(new Error(`${name} does not start:\n${said}`)));
  await untilListening(port, ended.signal);
  return `127.0.0.1:${port}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
