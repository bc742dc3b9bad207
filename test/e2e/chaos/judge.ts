/** A message in a client's window: its number in the room, and its id. */
export interface Shown {
  seq: number;
  id: string;
}

/** What one client saw or did. `epoch` names the life of a room: a server that is killed begins another. */
export type Entry = { client: string } & (
  | { type: 'state'; state: string }
  /** A room's history: what came after `since`, up to `seq`; `shown` is what of it was new. */
  | { type: 'joined'; epoch: string; since: number; seq: number; gap: boolean; shown: Shown[] }
  | ({ type: 'shown'; epoch: string } & Shown)
  | ({ type: 'acknowledged'; epoch: string } & Shown)
  | { type: 'failed'; id: string; reason: string }
  | { type: 'presence'; who: string; event: 'joined' | 'left' }
  /** Nothing of its own waits to be acknowledged, and it says nothing more. */
  | { type: 'hushed' }
);

/** Entries told of a client before and after what is wrong. */
const storyLength = 3;

/**
 * What is wrong with a run in which everyone stayed in the room, each problem with a short story; nothing for a
 * good one. Right is: everyone saw every acknowledged message once, in the room's order, or was told of a gap,
 * and a gap is only where the room began another life. In the end all have read up to the same message.
 */
export function judge(log: readonly Entry[]): string[] {
  const room = new RoomHistory();
  const byClient = new Map<string, Entry[]>();
  for (const entry of log) {
    room.note(entry);
    byClient.set(entry.client, [...(byClient.get(entry.client) ?? []), entry]);
  }
  const readers = [...byClient].map(([client, entries]) => new Reader(client, entries, room));
  const problems = [...room.problems, ...readers.flatMap((reader) => reader.problems)];
  for (const { id, epoch, seq, client } of log.filter((entry) => entry.type === 'acknowledged')) {
    for (const reader of readers) {
      if (reader.hasSeen(id) || reader.hasGap) continue;
      problems.push(
        `${client} had ${id} acknowledged as ${room.name({ epoch, seq })}, ${reader.client} never saw it`,
      );
    }
  }
  const ends = new Set(readers.map(({ end }) => end));
  if (ends.size > 1) {
    problems.push(
      `not all have read as far: ${readers.map(({ client, end }) => `${client} ${end}`).join(', ')}`,
    );
  }
  return problems;
}

interface Position {
  epoch: string;
  seq: number;
}

/** What all logs together say of the room: which message has which number in which life. */
class RoomHistory {
  readonly problems: string[] = [];
  readonly #epochs: string[] = [];
  readonly #ids = new Map<string, string>();
  readonly #positions = new Map<string, string>();

  note(entry: Entry): void {
    if (entry.type === 'joined') {
      if (!this.#epochs.includes(entry.epoch)) this.#epochs.push(entry.epoch);
      for (const { seq, id } of entry.shown) this.#number({ epoch: entry.epoch, seq }, id);
    } else if (entry.type === 'shown' || entry.type === 'acknowledged') {
      this.#number(entry, entry.id);
    } else if (entry.type === 'failed') {
      this.problems.push(`${entry.client}: ${entry.id} was refused: ${entry.reason}`);
    }
  }

  /** `life 2, message 17` */
  name({ epoch, seq }: Position): string {
    return `life ${this.#epochs.indexOf(epoch) + 1}, message ${seq}`;
  }

  /** The message of this number; undefined when nobody saw it. */
  at(position: Position): string | undefined {
    return this.#ids.get(this.name(position));
  }

  #number(position: Position, id: string): void {
    const name = this.name(position);
    const other = this.#ids.get(name) ?? id;
    if (other !== id) this.problems.push(`${name} is ${other} to some and ${id} to others`);
    this.#ids.set(name, id);
    const inLife = `${position.epoch} ${id}`;
    const before = this.#positions.get(inLife) ?? name;
    if (before !== name) this.problems.push(`the room has ${id} twice: ${before}, and ${name}`);
    this.#positions.set(inLife, name);
  }
}

/** One client's log, read from its start. */
class Reader {
  readonly client: string;
  readonly problems: string[] = [];
  hasGap = false;
  readonly #room: RoomHistory;
  readonly #entries: readonly Entry[];
  readonly #seen = new Map<string, string>();
  #position: Position | undefined;

  constructor(client: string, entries: readonly Entry[], room: RoomHistory) {
    this.client = client;
    this.#room = room;
    // What says nothing of the room's messages would only lengthen the story.
    this.#entries = entries.filter(({ type }) => type !== 'presence');
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.type === 'joined') this.#join(entry, index);
      else if (entry.type === 'shown') this.#see(entry, index);
    }
  }

  /** Up to where it has read. */
  get end(): string {
    return this.#position ? this.#room.name(this.#position) : 'nowhere';
  }

  hasSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  #join(answer: Extract<Entry, { type: 'joined' }>, index: number): void {
    const { epoch, since, seq, gap } = answer;
    const before = this.#position;
    const sameLife = before === undefined || before.epoch === epoch;
    if (gap && sameLife) this.#object(index, 'a gap, though the room lives on');
    if (!gap && !sameLife) this.#object(index, 'the room began another life, and no gap is told');
    this.hasGap ||= gap;
    if (!before || gap) this.#position = { epoch, seq: since };
    for (const message of answer.shown) this.#see({ epoch, ...message }, index);
    this.#readUpTo({ epoch, seq }, index);
  }

  #see({ epoch, seq, id }: Shown & { epoch: string }, index: number): void {
    const name = this.#room.name({ epoch, seq });
    const before = this.#seen.get(id);
    if (before) this.#object(index, `${id} came twice: as ${before}, and as ${name}`);
    else if (epoch !== this.#position?.epoch) this.#object(index, `${id} is of a life it has not joined`);
    else if (seq <= this.#position.seq)
      this.#object(index, `${id} (${name}) came after message ${this.#position.seq}`);
    this.#seen.set(id, name);
    this.#readUpTo({ epoch, seq }, index);
  }

  /** What it was not shown on the way it must have seen under another number, in an earlier life. */
  #readUpTo({ epoch, seq }: Position, index: number): void {
    const position = this.#position;
    if (epoch !== position?.epoch) return;
    while (position.seq < seq) {
      position.seq++;
      const id = this.#room.at(position);
      if (id !== undefined && this.#seen.has(id)) continue;
      this.#object(index, `${id ?? 'a message nobody saw'} (${this.#room.name(position)}) is missing`);
    }
  }

  #object(index: number, problem: string): void {
    const story = this.#entries.slice(Math.max(0, index - storyLength), index + storyLength + 1);
    const lines = story.map(
      (entry) => `    ${entry === this.#entries[index] ? '>' : ' '} ${this.#tell(entry)}`,
    );
    this.problems.push([`${this.client}: ${problem}`, ...lines].join('\n'));
  }

  #tell(entry: Entry): string {
    switch (entry.type) {
      case 'state':
        return entry.state;
      case 'joined': {
        const ids = entry.shown.map(({ seq, id }) => `${seq} ${id}`).join(', ') || 'nothing new';
        return `joined after ${this.#room.name({ ...entry, seq: entry.since })}${entry.gap ? ', a gap' : ''}: ${ids}`;
      }
      case 'shown':
      case 'acknowledged':
        return `${entry.type} ${entry.id}: ${this.#room.name(entry)}`;
      default:
        return entry.type;
    }
  }
}
