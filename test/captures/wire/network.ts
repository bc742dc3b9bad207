import { execFileSync } from 'node:child_process';

/** The two machines of a recording: network namespaces, joined by a cable of their own. */
export const machines = {
  server: { namespace: 'ws101-server', mac: '02:00:00:00:00:01', ipv4: '10.101.0.1', ipv6: 'fd00:101::1' },
  client: { namespace: 'ws101-client', mac: '02:00:00:00:00:02', ipv4: '10.101.0.2', ipv6: 'fd00:101::2' },
} as const;

export type Machine = keyof typeof machines;

/** Where the server listens, in all recordings. */
export const port = 8080;

/** The network interface both machines have. */
export const cable = 'cable';

const names = Object.keys(machines) as Machine[];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function inside(machine: Machine, ...command: string[]): void {
  ip('netns', 'exec', machines[machine].namespace, ...command);
}

/** Runs `use` on a network that nothing else is on, and takes it down again. */
export async function withNetwork(use: () => Promise<void>): Promise<void> {
  try {
    layCable();
    await use();
  } finally {
    remove();
  }
}

function layCable(): void {
  remove();
  for (const name of names) ip('netns', 'add', machines[name].namespace);
  const { server, client } = machines;
  ip(
    ...['link', 'add', cable, 'netns', server.namespace, 'type', 'veth'],
    ...['peer', 'name', cable, 'netns', client.namespace],
  );
  for (const name of names) {
    const { mac, ipv4, ipv6 } = machines[name];
    inside(name, 'ip', 'link', 'set', 'lo', 'up');
    // Packets as a wire has them: without these limits the kernel hands over up to 64 KiB as one packet.
    inside(name, 'ip', 'link', 'set', cable, 'address', mac, 'gso_max_segs', '1', 'gso_max_size', '1514');
    inside(name, 'ip', 'address', 'add', `${ipv4}/24`, 'dev', cable);
    inside(name, 'ip', 'address', 'add', `${ipv6}/64`, 'dev', cable, 'nodad');
    inside(name, 'ip', 'link', 'set', cable, 'up');
  }
}

/** Ending a namespace takes its interfaces along. One that is not there, the first time, is no error. */
function remove(): void {
  for (const name of names) {
    try {
      execFileSync('ip', ['netns', 'delete', machines[name].namespace], { stdio: 'ignore' });
    } catch {}
  }
}

/**
 * Makes the cable a bad one, both ways: about one packet in sixteen is lost, one in eight comes late. `tc netem`
 * is made for that. In a kernel built without it, three queues of the usual kind do the same: a packet goes to
 * the slow one, or to one with room for none, by the last bits of its IPv4 identification, which counts up.
 */
export function impairCable(): void {
  for (const name of names) {
    const tc = (command: string) =>
      inside(name, 'tc', ...command.replace('CABLE', `dev ${cable}`).split(' '));
    try {
      tc('qdisc add CABLE root netem delay 20ms loss 6% reorder 88%');
    } catch {
      tc('qdisc add CABLE root handle 1: htb default 1');
      tc('class add CABLE parent 1: classid 1:1 htb rate 1gbit quantum 1514');
      tc('class add CABLE parent 1: classid 1:2 htb rate 200kbit burst 100 cburst 100 quantum 1514');
      tc('class add CABLE parent 1: classid 1:3 htb rate 1gbit quantum 1514');
      tc('qdisc add CABLE parent 1:3 pfifo limit 0');
      tc('filter add CABLE parent 1: protocol ip u32 match u16 0x3 0x7 at 4 flowid 1:2');
      tc('filter add CABLE parent 1: protocol ip u32 match u16 0xd 0xf at 4 flowid 1:3');
    }
  }
}

export function repairCable(): void {
  for (const name of names) inside(name, 'tc', 'qdisc', 'delete', 'dev', cable, 'root');
}
