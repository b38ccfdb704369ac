import { FrameLayers, type TimeForm } from '../convert/frame-layers.ts';
import { Graph, type Value } from '../convert/graph.ts';
import { TorchLayers } from '../convert/torch-layers.ts';
import type { Weights } from '../convert/weights.ts';
import type { Provider } from './protocol.ts';
import type { Runtime } from './runtime.ts';

/** What is measured: a block's convolutions, at a size of our own models. */
const CHANNELS = 96;
const PLANES = 8;
const SIDE = 16;
const RUNS = 3;

const measured = new WeakMap<Runtime, Map<Provider, Promise<TimeForm>>>();

/**
 * Which form of a model's time convolutions is faster on this device: a block of both is run once for each provider of a
 * worker. A form that fails takes forever; if both do, opening the model will say why.
 */
export function chooseTimeForm(runtime: Runtime, provider: Provider): Promise<TimeForm> {
  const known = measured.get(runtime) ?? new Map<Provider, Promise<TimeForm>>();
  measured.set(runtime, known);
  const choice = known.get(provider) ?? compare(runtime, provider);
  known.set(provider, choice);
  return choice;
}

async function compare(runtime: Runtime, provider: Provider): Promise<TimeForm> {
  const time = (form: TimeForm) => measure(runtime, provider, form).catch(() => Number.POSITIVE_INFINITY);
  const slices = await time('slices');
  return (await time('direct')) < slices ? 'direct' : 'slices';
}

/** The shortest of some runs, milliseconds. */
async function measure(runtime: Runtime, provider: Provider, form: TimeForm): Promise<number> {
  const session = await runtime.createSession(await drawTimeBlock(form), { file: `time-${form}`, provider });
  try {
    let best = Number.POSITIVE_INFINITY;
    // The first run prepares what the others use.
    for (let i = 0; i <= RUNS; i++) {
      const x = new runtime.ort.Tensor('float32', numbers(PLANES * CHANNELS * SIDE * SIDE, 7), [PLANES, CHANNELS, SIDE, SIDE]);
      const start = performance.now();
      const { y } = await session.run({ x });
      await runtime.finish(provider);
      if (i > 0) best = Math.min(best, performance.now() - start);
      y?.dispose();
      x.dispose();
    }
    return best;
  } finally {
    await session.release();
  }
}

/** Convolution, time convolution and norm over the planes of one clip. */
export async function drawTimeBlock(form: TimeForm): Promise<Uint8Array<ArrayBuffer>> {
  const graph = new Graph(`time-${form}`);
  const torch = new TorchLayers(graph, new MadeUpWeights());
  const x = graph.input('x', 'float32', [PLANES, CHANNELS, SIDE, SIDE]);
  const layers = new FrameLayers(torch, graph.constant([0], 'float32', [1, 1]), form);
  const conv = await torch.conv(x, 'conv', [CHANNELS, CHANNELS, 3]);
  const time = await layers.timeConv(conv, 'time', { inputs: CHANNELS, outputs: CHANNELS, taps: 3, before: 1, after: 1 });
  const norm = await torch.groupNorm(time, 'norm', CHANNELS, { groups: 16, epsilon: 1e-6 });
  graph.output('y', graph.silu(norm), [PLANES, CHANNELS, SIDE, SIDE]);
  return graph.encode();
}

/** Weights for layers of which only the time they take counts. */
class MadeUpWeights implements Weights {
  async take(graph: Graph, name: string, shape: readonly number[]): Promise<Value> {
    const size = shape.reduce((product, side) => product * side, 1);
    return graph.initializer(name, { dtype: 'float32', shape, data: numbers(size, name.length) });
  }

  shape(): undefined {
    return undefined;
  }

  add(graph: Graph, name: string, { shape, data }: Parameters<Weights['add']>[2]): Value {
    return graph.initializer(name, { dtype: 'float32', shape, data: Float32Array.from(data) });
  }
}

/** Repeatable numbers in [-0.1, 0.1). */
function numbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) / 10;
  });
}
