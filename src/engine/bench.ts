import { frameRuleOf } from '../core/clip-plan.ts';
import type { Framing } from '../core/framing.ts';
import { modelSize } from '../core/framing.ts';
import type { Model } from './model.ts';
import type { OpenPicture } from './picture.ts';
import type { BenchResult } from './protocol.ts';
import type { Runtime } from './runtime.ts';

export interface BenchRun {
  readonly encodeMs: number;
  readonly decodeMs: number;
  readonly bareMs: number;
}

/** A picture through the model and back as a visitor's is, with nothing kept from the run before; a model of clips gets a window of it. */
export async function benchRun(model: Model, picture: OpenPicture, framing: Framing, runtime: Runtime): Promise<BenchRun> {
  const bare = runtime.bareMs;
  const start = performance.now();
  const { window } = frameRuleOf(model.manifest);
  const frame = picture.frame(framing, modelSize(framing, model.manifest.size), true);
  const { grid } = await model.encode(Array.from({ length: window }, () => frame));
  const encoded = performance.now();
  await model.decode(grid);
  const decoded = performance.now();
  return { encodeMs: encoded - start, decodeMs: decoded - encoded, bareMs: runtime.bareMs - bare };
}

/** Medians, run by run for the overhead: a machine's load changes from run to run, but not between a run's parts. */
export function summarize(
  runs: readonly BenchRun[],
): Pick<BenchResult, 'runs' | 'encodeMs' | 'decodeMs' | 'bareMs' | 'overhead'> {
  return {
    runs: runs.length,
    encodeMs: median(runs.map(({ encodeMs }) => encodeMs)),
    decodeMs: median(runs.map(({ decodeMs }) => decodeMs)),
    bareMs: median(runs.map(({ bareMs }) => bareMs)),
    overhead: median(runs.map(({ encodeMs, decodeMs, bareMs }) => (encodeMs + decodeMs - bareMs) / bareMs)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
