// Measures one cell in this process: cell.ts <benchmark> <row> <column>
// Each line on stdin asks for a number, which is printed; the end of stdin is the end.
import { createInterface } from 'node:readline';
import { benchmarks } from './benchmarks.ts';

const [, , name, row, column] = process.argv;
const benchmark = benchmarks.find((each) => each.name === name);
if (!benchmark) throw new Error(`no benchmark "${name}"`);
const lines = createInterface({ input: process.stdin });
const measured = benchmark.measure({ row, column });
const isSeries = typeof measured === 'object' && 'next' in measured;
for await (const _ of lines) console.log(isSeries ? (await measured.next()).value : await measured);
// A benchmark may leave sockets open.
process.exit();
