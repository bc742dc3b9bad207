import { headerValues, listElements } from '#labs/01-handshake';
import { checkResponse, HandshakeError } from '#labs/02-client-handshake';
import { checkAnswer } from '#labs/07-compression';
import {
  type FrameEvent,
  FrameReader,
  type FrameReaderOptions,
  holdsWholeFrames,
  Reassembler,
  type Segment,
  type Side,
} from '#labs/09-wire';
import { asksForWebSocket, type Head, isTlsRecord, mayBeHead, parseHead } from './http-head.ts';

/** What was seen on the wire. */
export type Happening =
  | { kind: 'handshake'; request: Head }
  | { kind: 'handshake'; response: Head }
  | FrameEvent
  /** The connection is TLS: no more can be seen of it, not even whether it is a WebSocket. */
  | { kind: 'tls' }
  /** This side ended TCP. */
  | { kind: 'end'; by: 'fin' | 'rst' };

/** What was seen, when and where. */
export type WireEvent = Happening & {
  /** The number of the TCP connection in the capture, from 0, by its first packet. */
  stream: number;
  /** When the packet came that completed it, in microseconds since 1970. */
  at: number;
  /** The side that sent it. */
  from: Side;
  /** Address and port of each side. */
  client: string;
  server: string;
};

const noBytes: Buffer = Buffer.alloc(0);
/** A head longer than this is none that `node:http` would take. */
const maxHeadLength = 16 * 1024;
/** A client may send so much before it has the answer, in bytes. */
const maxEarlyCost = 1024 * 1024;
/** What a segment that is kept costs beside its bytes. */
const segmentCost = 512;

/** One direction of a connection. */
class Flow {
  readonly source: string;
  from: Side;
  readonly tcp: Reassembler;
  /** Number of its SYN; undefined if there is none in the capture. */
  syn: number | undefined;
  /** A head of which the end has not come. */
  head = noBytes;
  /** What came behind a request, before its answer. */
  early: { bytes: Buffer; cut: number }[] = [];
  earlyCost = 0;
  /** False once bytes are missing before the first frame. */
  inStep = true;
  /** From the end of the handshake on. */
  frames: FrameReader | undefined;
  isDone = false;

  constructor(source: string, from: Side, tcp: Reassembler) {
    this.source = source;
    this.from = from;
    this.tcp = tcp;
  }
}

/** One TCP connection, and the WebSocket on it if there is one. */
export class Conversation {
  /** When its latest packet came, in microseconds since 1970. */
  at = 0;
  readonly stream: number;
  readonly #onEvent: (event: WireEvent) => void;
  readonly #flows: readonly [Flow, Flow];
  /** False once bytes before a handshake may be missing: frames must then be recognised by themselves. */
  #isFromStart: boolean;
  /** Whether this is TLS; undefined before the first bytes. */
  #isTls: boolean | undefined;
  /** The request for a WebSocket that waits for its answer, as far as it was captured. */
  #request: { head: Head; isWhole: boolean } | undefined;

  constructor(stream: number, first: Segment, onEvent: (event: WireEvent) => void) {
    this.stream = stream;
    this.#onEvent = onEvent;
    this.#isFromStart = first.syn;
    const from = sideOfSender(first);
    this.#flows = [this.#makeFlow(first.source, from), this.#makeFlow(first.destination, opposite(from))];
  }

  /** Whether this segment is the SYN of another connection with the same addresses and ports. */
  isBegunAnewBy({ syn, ack, seq, source }: Segment): boolean {
    return syn && ack === undefined && this.#flowOf(source).syn !== seq;
  }

  push(segment: Segment, at: number): void {
    this.at = at;
    const flow = this.#flowOf(segment.source);
    const other = this.#otherThan(flow);
    if (segment.syn) flow.syn ??= segment.seq;
    // First what the other side has, then what this one sends.
    if (segment.ack !== undefined) other.tcp.acknowledge(segment.ack);
    flow.tcp.push(segment);
    if (segment.rst) this.#finish(flow, 'rst');
  }

  /** Nothing more will come. */
  end(): void {
    for (const flow of this.#flows) flow.tcp.end();
  }

  #makeFlow(source: string, from: Side): Flow {
    const flow: Flow = new Flow(
      source,
      from,
      new Reassembler({
        onBytes: (bytes, cut) => this.#onBytes(flow, bytes, cut),
        onGap: (missing) => this.#onGap(flow, missing),
        onEnd: () => this.#finish(flow, 'fin'),
      }),
    );
    return flow;
  }

  #flowOf(source: string): Flow {
    return this.#flows[source === this.#flows[0].source ? 0 : 1];
  }

  #otherThan(flow: Flow): Flow {
    return this.#flows[flow === this.#flows[0] ? 1 : 0];
  }

  #tell(flow: Flow, happening: Happening): void {
    const other = this.#otherThan(flow);
    const [client, server] = flow.from === 'client' ? [flow, other] : [other, flow];
    const { stream, at } = this;
    // The happening is ours: adding to it is cheaper than a copy.
    this.#onEvent(
      Object.assign(happening, { stream, at, from: flow.from, client: client.source, server: server.source }),
    );
  }

  /** Now it is known which side is which. */
  #identify(flow: Flow, side: Side): void {
    flow.from = side;
    this.#otherThan(flow).from = opposite(side);
  }

  #finish(flow: Flow, by: 'fin' | 'rst'): void {
    flow.tcp.end();
    if (flow.isDone) return;
    flow.isDone = true;
    if (flow.frames || this.#request) this.#tell(flow, { kind: 'end', by });
    flow.frames = undefined;
  }
  #onBytes(flow: Flow, bytes: Buffer, cut: number): void {
    if (flow.isDone || this.#isTls) return;
    if (flow.frames) flow.frames.push(bytes, cut);
    else if (this.#request && flow.from === 'client') this.#keepEarly(flow, bytes, cut);
    else this.#onOpening(flow, bytes, cut);
  }

  #onGap(flow: Flow, missing: number): void {
    if (flow.isDone || this.#isTls) return;
    if (flow.frames) flow.frames.gap(missing);
    else if (this.#request && flow.from === 'client') this.#keepEarly(flow, noBytes, missing);
    else this.#cutHead(flow, missing);
  }

  /** A head begins with a segment. What else comes before a handshake is passed over, segment by segment. */
  #onOpening(flow: Flow, bytes: Buffer, cut: number): void {
    this.#isTls ??= isTlsRecord(bytes);
    if (this.#isTls) {
      this.#tell(flow, { kind: 'tls' });
      return;
    }
    const head = Buffer.concat([flow.head, bytes]);
    const searchFrom = Math.max(0, flow.head.length - 3);
    flow.head = noBytes;
    if (!mayBeHead(head)) {
      if (!this.#isFromStart) this.#recognise(flow, bytes, cut);
      return;
    }
    const end = head.indexOf('\r\n\r\n', searchFrom);
    if (end === -1) {
      if (head.length <= maxHeadLength) flow.head = head;
      if (cut > 0) this.#onGap(flow, cut);
      return;
    }
    this.#onHead(flow, parseHead(head.toString('latin1', 0, end)), true);
    if (end + 4 < head.length) this.#onBytes(flow, head.subarray(end + 4), cut);
    else if (cut > 0) this.#onGap(flow, cut);
  }

  /** Bytes are missing before the handshake is over. The lines of a head that are there may still tell enough. */
  #cutHead(flow: Flow, missing: number): void {
    const lines = flow.head.toString('latin1').split('\r\n').slice(0, -1);
    flow.head = noBytes;
    flow.inStep = false;
    this.#isFromStart = false;
    if (lines.length > 0) this.#onHead(flow, parseHead(lines.join('\r\n')), false);
    if (flow.frames || this.#request) this.#tell(flow, { kind: 'gap', missing });
    // The answer itself is missing: if what follows looks like frames, it was a yes.
    if (this.#request && flow.from === 'server') this.#begin('unknown');
  }

  #onHead(flow: Flow, head: Head, isWhole: boolean): void {
    if (head.startLine.startsWith('GET ')) {
      if (!asksForWebSocket(head)) return;
      this.#identify(flow, 'client');
      this.#request = { head, isWhole };
      this.#tell(flow, { kind: 'handshake', request: head });
    } else {
      this.#onResponse(flow, head, isWhole);
    }
  }

  #onResponse(flow: Flow, head: Head, isWhole: boolean): void {
    const status = Number(head.startLine.split(' ')[1]);
    const isUpgrade = status === 101 && (this.#request !== undefined || asksForWebSocket(head));
    if (!this.#request && !isUpgrade) return;
    this.#identify(flow, 'server');
    this.#tell(flow, { kind: 'handshake', response: head });
    if (isUpgrade) {
      this.#begin(isWhole ? this.#agreed(flow, head) : 'unknown');
    } else if (status >= 200) {
      this.#request = undefined;
      this.#otherThan(flow).early = [];
    }
  }

  /** What the two heads agreed on. */
  #agreed(server: Flow, response: Head): FrameReaderOptions['compression'] {
    const answer = listElements(response.headers, 'Sec-WebSocket-Extensions').join(', ');
    if (this.#request && !this.#request.isWhole) return answer === '' ? undefined : 'unknown';
    try {
      // Without the request, the answer is taken at its word.
      let offer = answer;
      if (this.#request) {
        const { startLine, headers } = this.#request.head;
        checkResponse(
          {
            resource: startLine.split(' ')[1],
            headers,
            key: headerValues(headers, 'Sec-WebSocket-Key')[0] ?? '',
            protocols: listElements(headers, 'Sec-WebSocket-Protocol'),
          },
          { status: 101, headers: response.headers },
        );
        offer = listElements(headers, 'Sec-WebSocket-Extensions').join(', ');
      }
      return checkAnswer(offer, answer);
    } catch (error) {
      // An offer that is malformed is a SyntaxError.
      if (!(error instanceof HandshakeError || error instanceof SyntaxError)) throw error;
      this.#tell(server, { kind: 'error', message: error.message });
      return 'unknown';
    }
  }

  /** From here on the bytes of both directions are frames. */
  #begin(compression: FrameReaderOptions['compression']): void {
    this.#request = undefined;
    for (const flow of this.#flows) {
      const { from, inStep } = flow;
      flow.frames = new FrameReader({ from, compression, inStep }, (happening) =>
        this.#tell(flow, happening),
      );
      for (const { bytes, cut } of flow.early) flow.frames.push(bytes, cut);
      flow.early = [];
    }
  }

  /** Takes a connection for a WebSocket whose beginning is not in the capture, if this can be a client's frames. */
  #recognise(flow: Flow, bytes: Buffer, cut: number): void {
    if (!holdsWholeFrames(bytes, cut, { role: 'server', allowRsv1: true })) return;
    this.#identify(flow, 'client');
    for (const each of this.#flows) each.inStep = false;
    this.#begin('unknown');
    this.#onBytes(flow, bytes, cut);
  }

  #keepEarly(flow: Flow, bytes: Buffer, cut: number): void {
    flow.early.push({ bytes: Buffer.from(bytes), cut });
    flow.earlyCost += bytes.length + segmentCost;
    if (flow.earlyCost <= maxEarlyCost) return;
    flow.isDone = true;
    this.#tell(flow, { kind: 'error', message: 'the client sent 1 MiB and did not wait for the answer' });
  }
}

function opposite(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

/** By the SYN; without one, a guess: servers have the lower port. What comes later may correct it. */
function sideOfSender({ syn, ack, source, destination }: Segment): Side {
  const isClient = syn ? ack === undefined : portOf(source) > portOf(destination);
  return isClient ? 'client' : 'server';
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
