import { backplane, growth } from './backplane.ts';
import type { Benchmark } from './benchmark.ts';
import { codec } from './codec.ts';
import { compression, compressionMemory } from './compression.ts';
import { echo } from './echo.ts';
import { fanOut } from './fan-out.ts';
import { held } from './held.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { wire } from './wire.ts';

/** What `npm run bench` runs, in this order. */
export const benchmarks: readonly Benchmark[] = [
  codec,
  echo,
  fanOut,
  compression,
  compressionMemory,
  idle,
  wire,
  held,
  backplane,
  growth,
  latency,
];
