// Measures one cell in this process and prints the number: cell.ts <benchmark> <row> <column>
import { benchmarks } from './benchmarks.ts';

const [, , name, row, column] = process.argv;
const benchmark = benchmarks.find((each) => each.name === name);
if (!benchmark) throw new Error(`no benchmark "${name}"`);
console.log(JSON.stringify(await benchmark.measure({ row, column })));
// A benchmark may leave sockets open.
process.exit();
