/** What is to be served. */
export interface Load {
  /** Connections at once. */
  connections: number;
  /** Messages that one person writes in a minute, on average. */
  writesPerMinute: number;
  /** To how many connections one message goes, on average. */
  listeners: number;
}

/** What one part can do. The first three are measured by the benchmark. */
export interface Abilities {
  /** Bytes of a node's process for a connection. */
  bytesPerConnection: number;
  /** Deliveries a second that keep a core busy. */
  deliveriesPerSecond: number;
  /** Messages a second, stored through Redis, that keep a core busy. */
  messagesPerSecond: number;
  /** Connections that one process is to have: a choice, for when it is gone they all come to the others. */
  connectionsPerNode: number;
  /** Money a month for what one node runs on: a core, and its memory. */
  pricePerNode: number;
}

export interface Capacity {
  messagesPerSecond: number;
  deliveriesPerSecond: number;
  nodesFor: { connections: number; deliveries: number; messages: number };
  /** The largest of these, and one that may be away. */
  nodes: number;
  /** Bytes. */
  memoryPerNode: number;
  kernelPerNode: number;
  proxies: number;
  proxyAddresses: number;
  /** Publications a second that Redis hands out. */
  redisPublications: number;
  /** Bytes of history in Redis. */
  redisMemory: number;
  /** Bits a second to clients. */
  messageBits: number;
  heartbeatBits: number;
  heartbeatsPerSecond: number;
  pricePerMonth: number;
}

/** A node is planned for half of what it can do: the other half is for when a fellow is gone. */
const utilisation = 0.5;
/** Bytes of the kernel for a connection that rests: socket, file, and what TCP keeps. About 4 KiB on Linux. */
const kernelBytes = 4_096;
/** Files one process may open on Linux unless fs.nr_open is raised; two for each connection in a proxy. */
const filesPerProcess = 1_048_576;
/** Linux's range of local ports, 32,768 to 60,999: from one address to one address and port. */
export const portsPerPair = 28_232;
/** A message of 100 bytes: its frame header 2, TLS 22, TCP and IP 52. */
const messageBytes = 100 + 2 + 22 + 52;
/** A ping or a pong with an empty payload, in the same wrapping; a pong is masked: 4 more. */
const heartbeatBytes = 2 * (2 + 22 + 52) + 4;
const heartbeatSeconds = 15;
/** Messages kept of a room, and bytes of Redis for one: text, names, ids and what the stream adds. */
const historyLength = 500;
const storedBytes = 300;

export function capacityFor(load: Load, abilities: Abilities): Capacity {
  const { connections, writesPerMinute, listeners } = load;
  const { bytesPerConnection, connectionsPerNode, pricePerNode } = abilities;
  const messagesPerSecond = (connections * writesPerMinute) / 60;
  const deliveriesPerSecond = messagesPerSecond * listeners;
  const nodesFor = {
    connections: Math.ceil(connections / connectionsPerNode),
    deliveries: Math.ceil(deliveriesPerSecond / (abilities.deliveriesPerSecond * utilisation)),
    messages: Math.ceil(messagesPerSecond / (abilities.messagesPerSecond * utilisation)),
  };
  const nodes = Math.max(...Object.values(nodesFor)) + 1;
  const onEach = connections / nodes;
  return {
    messagesPerSecond,
    deliveriesPerSecond,
    nodesFor,
    nodes,
    memoryPerNode: onEach * bytesPerConnection,
    kernelPerNode: onEach * kernelBytes,
    proxies: Math.ceil((2 * connections) / filesPerProcess),
    proxyAddresses: Math.ceil(onEach / portsPerPair),
    redisPublications: messagesPerSecond * Math.min(listeners, nodes),
    redisMemory: (connections / listeners) * historyLength * storedBytes,
    messageBits: deliveriesPerSecond * messageBytes * 8,
    heartbeatBits: (connections / heartbeatSeconds) * heartbeatBytes * 8,
    heartbeatsPerSecond: connections / heartbeatSeconds,
    pricePerMonth: nodes * pricePerNode,
  };
}

/** `1,234`, `12.3`: at most three digits that say something, from a thousand on whole. */
export function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));
}

export const gibibytes = (bytes: number) => `${figure(bytes / 2 ** 30)} GiB`;
export const megabits = (bits: number) => `${figure(bits / 1e6)} Mbit/s`;
