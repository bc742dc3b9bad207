/** One line of a scrape: `chat_closes_total{code="1000"} 3`. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What `/metrics` said at one moment, in Prometheus' text format 0.0.4. */
export class Scrape {
  readonly samples: readonly Sample[];

  /** @throws Error for a line that is no sample and no comment. */
  constructor(text: string) {
    this.samples = text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map(parseSample);
  }

  /** The sum over all series of this name with these labels; undefined where there is none. */
  sum(name: string, labels: Record<string, string> = {}): number | undefined {
    const found = this.samples.filter((sample) => sample.name === name && has(sample, labels));
    return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : undefined;
  }

  /** The values of a name by one of its labels, in the order of the scrape. */
  by(name: string, label: string): Map<string, number> {
    const found = this.samples.filter((sample) => sample.name === name && label in sample.labels);
    return new Map(found.map(({ labels, value }) => [labels[label], value]));
  }
}

function has({ labels }: Sample, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function parseSample(line: string): Sample {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)/.exec(line);
  if (!parts) throw new Error(`This is no line of a scrape: ${line}`);
  const [, name, labels = '', value] = parts;
  return { name, labels: parseLabels(labels), value: Number(value.replace('Inf', 'Infinity')) };
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, unescapeValue(value)]));
}

/** Three characters are written with a backslash: itself, the quote and the line feed. */
function unescapeValue(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
