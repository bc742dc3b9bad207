import { BlockList, isIP } from 'node:net';
import type { ChatLauncher } from '../chat/launcher.ts';
import type { SiteServer } from './attach.ts';

type Page = SiteServer['ws']['clients'] extends Set<infer Client> ? Client : never;

/**
 * Shows the wire of the running chat to the pages that ask for it. The chat hands on nothing while none does.
 * Pages of other origins cannot ask: the dev server lets them open no websocket.
 */
export function attachWire({ ws }: SiteServer, chat: ChatLauncher): void {
  const watching = new Set<Page>();
  const known = new WeakSet<Page>();
  const ignore = (page: Page) => {
    if (watching.delete(page) && watching.size === 0) chat.ignoreWire();
  };

  ws.on('wire:watch', (_data, page) => {
    if (!known.has(page)) page.socket.once('close', () => ignore(page));
    known.add(page);
    watching.add(page);
    chat.watchWire();
  });
  ws.on('wire:ignore', (_data, page) => ignore(page));
  chat.on('wire', (notes) => {
    for (const page of watching) page.send('wire:notes', notes);
  });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach what listens at this address. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
