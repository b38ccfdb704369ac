import { writeSafetensors } from '../convert/containers/safetensors.ts';
import { Graph, type Value } from '../convert/graph.ts';
import type { Manifest, QuantizerSettings } from '../core/manifest.ts';

const SIDE = 16;

/**
 * A tokenizer of noise: one convolution to latents, one back. It shows nothing, but its codebook is as large as one likes,
 * which is what the views have to bear. Always the same for the same settings. With `frames` it is one of clips.
 */
export function syntheticModel(id: string, quantizer: QuantizerSettings, frames?: FramesOf): ReadonlyMap<string, Uint8Array> {
  const dimension = quantizer.bits ?? quantizer.entryDimension ?? 1;
  const random = seeded(dimension);
  const files = new Map<string, Uint8Array>([
    ['encoder.onnx', frames ? clipEncoder(dimension, random, frames) : encoder(dimension, random)],
    ['decoder.onnx', frames ? clipDecoder(dimension, random, frames) : decoder(dimension, random)],
  ]);
  if (quantizer.kind === 'vq') {
    const shape = [quantizer.codebookSize ?? 1, dimension] as const;
    const data = noise(shape[0] * shape[1], 1, random);
    files.set('codebook.safetensors', writeSafetensors(new Map([['codebook', { dtype: 'F32' as const, shape, data }]])).bytes);
  }
  const layouts = frames
    ? ({ layout: 'NCTHW', latentLayout: 'NDTHW' } as const)
    : ({ layout: 'NCHW', latentLayout: 'NDHW' } as const);
  const manifest: Manifest = {
    manifest: 1,
    id,
    title: id,
    medium: frames ? 'video' : 'image',
    architecture: 'custom',
    quantizer,
    size: { reduction: SIDE, multipleOf: SIDE, minimum: SIDE, preferred: [256, 256], ...(frames && { frames }) },
    pixels: { range: [-1, 1], outputRange: [-1, 1] },
    graphs: {
      encoder: {
        file: 'encoder.onnx',
        input: 'pixels',
        output: 'latents',
        ...layouts,
        carries: 'latents',
      },
      decoder: {
        file: 'decoder.onnx',
        input: 'latents',
        output: 'pixels',
        ...layouts,
        carries: 'latents',
      },
    },
    ...(quantizer.kind === 'vq' && { codebook: { file: 'codebook.safetensors', tensor: 'codebook' } }),
    files: [...files].map(([name, bytes]) => ({ name, bytes: bytes.length })),
    source: { licence: 'MIT' },
  };
  return files.set('manifest.json', new TextEncoder().encode(JSON.stringify(manifest)));
}

function encoder(dimension: number, random: () => number): Uint8Array {
  const graph = new Graph('encoder');
  const pixels = graph.input('pixels', 'float32', ['n', 3, 'height', 'width']);
  const weight = weights(graph, 'weight', [dimension, 3, SIDE, SIDE], 0.1, random);
  graph.output('latents', graph.conv(pixels, weight, undefined, { kernel: [SIDE, SIDE], stride: SIDE }));
  return graph.encode();
}

function decoder(dimension: number, random: () => number): Uint8Array {
  const graph = new Graph('decoder');
  const latents = graph.input('latents', 'float32', ['n', dimension, 'h', 'w']);
  const weight = weights(graph, 'weight', [3, dimension, 1, 1], 1 / Math.sqrt(dimension), random);
  graph.output('pixels', graph.resize(graph.conv(latents, weight, undefined, { kernel: [1, 1] }), [1, 1, SIDE, SIDE]));
  return graph.encode();
}

type FramesOf = NonNullable<Manifest['size']['frames']>;

/** A causal one sees its first frame as often in front as a plane has frames more. */
function clipEncoder(dimension: number, random: () => number, { rule, reduction }: FramesOf): Uint8Array {
  const graph = new Graph('encoder');
  const pixels = graph.input('pixels', 'float32', [1, 3, 'frames', 'height', 'width']);
  const kernel = [reduction, SIDE, SIDE];
  const weight = weights(graph, 'weight', [dimension, 3, ...kernel], 0.1 / Math.sqrt(reduction), random);
  const first = graph.slice(pixels, 2, 0, 1);
  const copies = Array.from({ length: reduction - 1 }, () => first);
  const whole = rule === 'causal' ? graph.concat([first, ...copies.slice(1), pixels], 2) : pixels;
  graph.output('latents', graph.conv(whole, weight, undefined, { kernel, stride: kernel }));
  return graph.encode();
}

function clipDecoder(dimension: number, random: () => number, { rule, reduction }: FramesOf): Uint8Array {
  const graph = new Graph('decoder');
  const latents = graph.input('latents', 'float32', [1, dimension, 'planes', 'h', 'w']);
  const weight = weights(graph, 'weight', [3, dimension, 1, 1, 1], 1 / Math.sqrt(dimension), random);
  const colours = graph.conv(latents, weight, undefined, { kernel: [1, 1, 1] });
  const large = graph.resize(colours, [1, 1, reduction, SIDE, SIDE]);
  graph.output('pixels', rule === 'causal' ? graph.slice(large, 2, reduction - 1, 2 ** 30) : large);
  return graph.encode();
}

function weights(graph: Graph, name: string, shape: readonly number[], scale: number, random: () => number): Value {
  const size = shape.reduce((product, side) => product * side, 1);
  return graph.initializer(name, { dtype: 'float32', shape, data: noise(size, scale, random) });
}

function noise(size: number, scale: number, random: () => number): Float32Array {
  return Float32Array.from({ length: size }, () => scale * (random() + random() + random() - 1.5) * 2);
}

/** mulberry32: small, and good enough for noise that must always be the same. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
