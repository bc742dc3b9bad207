import { availableParallelism } from 'node:os';
import { type Benchmark, median } from '../../test/bench/benchmark.ts';
import { benchmarks } from '../../test/bench/benchmarks.ts';
import { CellProcess } from '../../test/bench/cell-process.ts';
import { commandLine, usageError } from '../command-line.ts';

/** What one benchmark came to: cost by row, then by column. */
type Costs = Record<string, Record<string, number>>;

await commandLine(
  'npm run bench --',
  'Measures the reference beside its peers. The ratios count: how long depends on the machine.',
)
  .argument('[benchmark...]', `only these: ${benchmarks.map(({ name }) => name).join(', ')}`)
  .option('--json', 'one JSON document')
  .action(bench)
  .parseAsync();

async function bench(names: string[], { json = false }: { json?: boolean }): Promise<void> {
  const document: Record<string, object> = {};
  for (const benchmark of names.length > 0 ? names.map(benchmarkNamed) : benchmarks) {
    const { name, about, unit, subject } = benchmark;
    const obstacle = benchmark.obstacle?.();
    if (obstacle) {
      console.error(`${name} is left out. ${obstacle}\n`);
      process.exitCode = 1;
      continue;
    }
    const costs = await measure(benchmark);
    document[name] = { about, unit, subject, costs };
    if (!json) console.log(`${name}: ${about}\n\n${table(benchmark, costs)}\n`);
  }
  const { version: node, arch } = process;
  if (json) console.log(JSON.stringify({ node, arch, cores: availableParallelism(), ...document }, null, 2));
}

function benchmarkNamed(name: string): Benchmark {
  return (
    benchmarks.find((benchmark) => benchmark.name === name) ??
    usageError(
      `There is no benchmark "${name}". There are: ${benchmarks.map((each) => each.name).join(', ')}`,
    )
  );
}

async function measure({ name, cells, rounds = 1 }: Benchmark): Promise<Costs> {
  const costs: Costs = {};
  for (const row of new Set(cells.map((cell) => cell.row))) {
    const inRow = cells.filter((cell) => cell.row === row).map((cell) => new CellProcess(name, cell));
    for (let round = 1; round <= rounds; round++) {
      for (const cell of inRow) {
        progress(`${cell}${rounds > 1 ? `, round ${round} of ${rounds}` : ''}`);
        await cell.measure();
        if (round === rounds) await cell.end();
      }
    }
    costs[row] = Object.fromEntries(inRow.map((cell) => [cell.column, median(cell.values)]));
  }
  progress('');
  return costs;
}

/** A line for a person who waits, on stderr, written over by the next. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

/** Our cost, then each other column as the multiple of it: 2.0× is twice as much. */
function table({ subject, unit }: Benchmark, costs: Costs): string {
  const others = [...new Set(Object.values(costs).flatMap(Object.keys))].filter((name) => name !== subject);
  const lines = [['', `${subject}, ${unit}`, ...others]];
  for (const [row, { [subject]: ours, ...theirs }] of Object.entries(costs)) {
    const ratios = others.map((column) =>
      column in theirs ? `${(theirs[column] / ours).toFixed(2)}×` : '—',
    );
    lines.push([row, Math.round(ours).toLocaleString('en'), ...ratios]);
  }
  const widths = lines[0].map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  return lines
    .map((line) =>
      line
        .map((text, index) => (index === 0 ? text.padEnd(widths[0]) : text.padStart(widths[index])))
        .join('  '),
    )
    .join('\n');
}
