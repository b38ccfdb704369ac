import type { Built } from './build.ts';
import { WEIGHTS } from './compact-weights.ts';
import type { Bench } from './measure.ts';
import { cardFeed } from './sizes.ts';

/** Multiples of the reduction that are tried: window attention and padding want more than one cell. */
const STEPS = [1, 2, 4, 8];
const MOST_SIDE = 640;

/** The smallest step, in pixels, in which both sides may grow: 3 × 5 steps must give 3 × 5 steps' cells. undefined: there is none. */
export async function findStep(bench: Bench, frames: number, reduction: number, built: Built): Promise<number | undefined> {
  const { runtime, job } = bench;
  const { file, input, output, layout } = built.graphs.encoder;
  const graph = new Uint8Array(await built.files[file]!.arrayBuffer());
  const path = WEIGHTS;
  const data = built.files[path];
  const external = data ? [{ path, data }] : [];
  const session = await job(() => runtime.createSession(graph, { provider: 'wasm', file, external }));
  try {
    for (const times of STEPS) {
      const step = reduction * times;
      if (step * 5 > MOST_SIDE) break;
      const { values, dims } = cardFeed(input, layout, { frames, height: step * 3, width: step * 5 }, [-1, 1]);
      const tensor = new runtime.ort.Tensor('float32', values as Float32Array, dims);
      const outputs = await job(() => session.run({ [input]: tensor }).catch(() => undefined));
      const sizes = outputs?.[output]?.dims;
      const [h, w] = [times * 3, times * 5];
      if (sizes?.includes(h) && sizes.includes(w)) return step;
      if (sizes && sizes.length < 4 && sizes.reduce((a, b) => a * b, 1) % (h * w) === 0) return step;
    }
    return undefined;
  } finally {
    await job(() => session.release(), true);
  }
}
