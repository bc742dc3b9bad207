import { bufferBytes } from '../support/memory.ts';

/** One number to measure, made in a process of its own so that no cell warms or disturbs another. */
export interface Cell {
  /** The work: `decode 16 B masked`. */
  row: string;
  /** Who does it: `ws`. */
  column: string;
  /** What the process needs in its environment. */
  env?: Readonly<Record<string, string>>;
}

/** A table of costs. */
export interface Benchmark {
  /** By which the command finds it: `codec`. */
  name: string;
  /** One line for people: what is measured, and how. */
  about: string;
  /** What a cell's number counts; less is better: `ns of CPU a frame`. */
  unit: string;
  /** The column that is ours. Every other is shown as the multiple of its cost. */
  subject: string;
  cells: readonly Cell[];
  /** Why it cannot be measured on this machine: a sentence that says what to do. Default: it can. */
  obstacle?(): string | undefined;
  /** How often the cells of a row take turns: then a machine that is busy is busy for all. Default: 1. */
  rounds?: number;
  /** Measures one cell, in this process: once, or each time a value is asked for. The median counts. */
  measure(cell: Cell): number | Promise<number> | AsyncIterator<number, never>;
}

/** The middle of several measurements; one disturbed round does not count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** CPU time of this process so far, in nanoseconds: user and system, all threads. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Bytes of heap and buffers in use in this process, all garbage collected. */
export function usedMemory(): number {
  // Twice: buffers are swept beside the program, and are gone at the second time.
  bufferBytes();
  bufferBytes();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Says so when a process may not open so many files: each socket is one. Node has raised its limit to the hard one. */
export function tooFewFiles(needed: number): string | undefined {
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  const limit = report.userLimits?.open_files?.soft ?? 'unlimited';
  if (limit === 'unlimited' || limit >= needed) return undefined;
  return `This needs ${needed} open files a process, and ${limit} are allowed here. Raise the limit: ulimit -n ${needed}`;
}
