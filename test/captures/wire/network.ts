import { execFileSync } from 'node:child_process';

/** The two machines of a recording. */
export const machines = {
  server: { namespace: 'ws101-server', mac: '02:00:00:00:00:01', ipv4: '10.101.0.1', ipv6: 'fd00:101::1' },
  client: { namespace: 'ws101-client', mac: '02:00:00:00:00:02', ipv4: '10.101.0.2', ipv6: 'fd00:101::2' },
} as const;

export type Machine = keyof typeof machines;

/** Where the server listens, in all recordings. */
export const port = 8080;

/** The network interface that each machine has. */
export const cable = 'cable';

const names = Object.keys(machines) as Machine[];

/** A switch with a port for each machine: what is lost in it, no machine knows of. */
const middle = 'ws101-switch';

/** Runs `ip`, and gives what it prints. */
function ip(command: string): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8', stdio: 'pipe' });
}

/** Runs `use` on a network that nothing else is on, and takes it down again, at Ctrl-C as well. */
export async function withNetwork(use: () => Promise<void>): Promise<void> {
  const stop = () => {
    takeDown();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    setUp();
    await use();
  } finally {
    takeDown();
  }
}

function setUp(): void {
  takeDown();
  ip(`netns add ${middle}`);
  ip(`-n ${middle} link add bridge type bridge mcast_snooping 0`);
  ip(`-n ${middle} link set bridge up`);
  for (const name of names) {
    const { namespace, mac, ipv4, ipv6 } = machines[name];
    ip(`netns add ${namespace}`);
    ip(`link add ${name} netns ${middle} type veth peer name ${cable} netns ${namespace}`);
    // Packets as a wire has them: without these limits the kernel hands over up to 64 KiB as one packet.
    ip(`-n ${namespace} link set ${cable} address ${mac} gso_max_segs 1 gso_max_size 1514`);
    ip(`-n ${namespace} address add ${ipv4}/24 dev ${cable}`);
    ip(`-n ${namespace} address add ${ipv6}/64 dev ${cable} nodad`);
    for (const device of ['lo', cable]) ip(`-n ${namespace} link set ${device} up`);
    ip(`-n ${middle} link set ${name} master bridge up`);
  }
}

/** Ends what still runs in the namespaces; they take their interfaces along. */
function takeDown(): void {
  const ours = [middle, ...names.map((name) => machines[name].namespace)];
  const existing = ip('netns list')
    .split('\n')
    .map((line) => line.split(' ')[0]);
  for (const namespace of ours.filter((name) => existing.includes(name))) {
    for (const pid of ip(`netns pids ${namespace}`).split('\n').filter(Boolean)) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }
    ip(`netns delete ${namespace}`);
  }
}

/**
 * Makes the switch a bad one, both ways: it loses about one packet in sixteen, and one in eight is late. `tc
 * netem` is made for that. In a kernel built without it, three queues of the usual kind do the same: a packet
 * goes to the slow one, or to one with room for none, by its IPv4 identification, which counts up.
 */
export function impairNetwork(): void {
  for (const device of names) {
    const tc = (command: string) => ip(`netns exec ${middle} tc ${command.replace('ON', `dev ${device}`)}`);
    try {
      tc('qdisc add ON root netem delay 20ms loss 6% reorder 88%');
    } catch {
      tc('qdisc add ON root handle 1: htb default 1');
      tc('class add ON parent 1: classid 1:1 htb rate 1gbit quantum 1514');
      tc('class add ON parent 1: classid 1:2 htb rate 50kbit burst 100 cburst 100 quantum 1514');
      tc('class add ON parent 1: classid 1:3 htb rate 1gbit quantum 1514');
      tc('qdisc add ON parent 1:3 pfifo limit 0');
      tc('filter add ON parent 1: protocol ip u32 match u16 0x3 0x7 at 4 flowid 1:2');
      tc('filter add ON parent 1: protocol ip u32 match u16 0xd 0xf at 4 flowid 1:3');
    }
  }
}

export function repairNetwork(): void {
  for (const device of names) ip(`netns exec ${middle} tc qdisc delete dev ${device} root`);
}
