import { Graph, type Value } from '../../src/convert/graph.ts';
import type { LatentLayout, Manifest, PixelLayout } from '../../src/core/manifest.ts';
import type { ModelFiles } from '../../src/engine/protocol.ts';
import { tensorFile, tinyCodebook } from './tiny-model.ts';

/**
 * The tiny tokenizer for clips: the mean of 4 frames × 2 × 2 pixels, the eight corners of the colour cube, the entry repeated
 * over all of them. Causal, the first frame counts four times in front.
 */
export interface TinyVideo {
  readonly rule?: 'grouped' | 'causal';
  readonly pixels?: PixelLayout;
  readonly latents?: LatentLayout;
  /** Tokens come out of the encoder and go into the decoder, as int32 or int64. */
  readonly tokens?: 'int32' | 'int64';
  readonly change?: Partial<Manifest>;
}

const FRAMES = 4;
const PATCH = 2;

export function tinyVideoModel(variant: TinyVideo = {}): ModelFiles {
  const { rule = 'grouped', pixels = 'NCTHW', latents = 'NDTHW', tokens, change = {} } = variant;
  const blobs: Record<string, Blob> = {
    'encoder.onnx': new Blob([encoder({ ...variant, rule, pixels, latents })]),
    'decoder.onnx': new Blob([decoder({ ...variant, rule, pixels, latents })]),
    'codebook.safetensors': tensorFile({ codebook: { shape: [8, 3], data: tinyCodebook } }),
    'check.safetensors': checkFile(rule),
  };
  const carried = tokens ? ({ carries: 'tokens', tokenDtype: tokens } as const) : ({ latentLayout: latents } as const);
  const manifest: Manifest = {
    manifest: 1,
    id: 'tiny-video',
    title: 'Tiny video',
    medium: 'video',
    architecture: 'custom',
    quantizer: tokens ? { kind: 'in-graph', codebookSize: 8 } : { kind: 'vq', codebookSize: 8, entryDimension: 3, score: 'l2' },
    size: {
      ...{ reduction: PATCH, multipleOf: PATCH, minimum: PATCH, maximum: 64, preferred: [8, 8] },
      frames: { rule, reduction: FRAMES, window: rule === 'grouped' ? 16 : 17 },
    },
    pixels: { range: [-1, 1], outputRange: [-1, 1] },
    graphs: {
      encoder: { file: 'encoder.onnx', input: 'pixels', output: 'out', layout: pixels, ...carried },
      decoder: { file: 'decoder.onnx', input: 'in', output: 'pixels', layout: pixels, ...carried },
    },
    ...(tokens ? {} : { codebook: { file: 'codebook.safetensors', tensor: 'codebook' } }),
    files: Object.entries(blobs).map(([name, { size }]) => ({ name, bytes: size })),
    check: { file: 'check.safetensors', input: 'input', tokens: 'tokens', reconstruction: 'reconstruction' },
    source: { licence: 'MIT' },
    ...change,
  };
  return { ...blobs, 'manifest.json': new Blob([JSON.stringify(manifest)]) };
}

type Whole = TinyVideo & Required<Pick<TinyVideo, 'rule' | 'pixels' | 'latents'>>;

function encoder({ rule, pixels, latents, tokens }: Whole) {
  const graph = new Graph('encoder');
  const clip = toPlanar(graph, graph.input('pixels', 'float32', sizes(pixels, { C: pixels.endsWith('4') ? 4 : 3 })), pixels);
  const first = graph.slice(clip, 2, 0, 1);
  const whole = rule === 'causal' ? graph.concat([first, first, first, clip], 2) : clip;
  const data = Float32Array.from({ length: 9 * 16 }, (_, i) => (Math.floor(i / 16) % 4 === 0 ? 1 / 16 : 0));
  const weight = graph.initializer('weight', { dtype: 'float32', shape: [3, 3, FRAMES, PATCH, PATCH], data });
  const kernel = [FRAMES, PATCH, PATCH];
  const z = graph.conv(whole, weight, undefined, { kernel, stride: kernel });
  graph.output('out', tokens ? tokensOf(graph, z, tokens) : fromPlanar(graph, z, latents));
  return graph.encode();
}

/** Corners of a cube are all as long as each other: the largest product is the nearest. */
function tokensOf(graph: Graph, z: Value, dtype: 'int32' | 'int64'): Value {
  const table = graph.initializer('table', { dtype: 'float32', shape: [8, 3], data: tinyCodebook });
  const products = graph.matMul(graph.transpose(z, [0, 2, 3, 4, 1]), graph.transpose(table, [1, 0]));
  const found = graph.argMin(graph.node('Neg', [products]));
  return dtype === 'int32' ? graph.cast(found, 'int32') : found;
}

function decoder({ rule, pixels, latents, tokens }: Whole) {
  const graph = new Graph('decoder');
  const z = tokens ? entriesOf(graph, tokens) : toPlanar(graph, graph.input('in', 'float32', sizes(latents, { D: 3 })), latents);
  const large = graph.resize(z, [1, 1, FRAMES, PATCH, PATCH]);
  const cut = rule === 'causal' ? graph.slice(large, 2, FRAMES - 1, 2 ** 30) : large;
  graph.output('pixels', fromPlanar(graph, cut, pixels));
  return graph.encode();
}

function entriesOf(graph: Graph, dtype: 'int32' | 'int64'): Value {
  const table = graph.initializer('table', { dtype: 'float32', shape: [8, 3], data: tinyCodebook });
  const tokens = graph.input('in', dtype, ['n', 't', 'h', 'w']);
  return graph.transpose(graph.node('Gather', [table, tokens], { axis: 0 }), [0, 4, 1, 2, 3]);
}

function sizes(layout: string, known: Record<string, number>): (string | number)[] {
  return [...layout.replace('4', '')].map((axis) => known[axis] ?? axis.toLowerCase());
}

/** Any layout as N, channels, T, H, W. */
function toPlanar(graph: Graph, x: Value, layout: PixelLayout | LatentLayout): Value {
  if (layout === 'TCHW' || layout === 'TDHW') {
    return graph.transpose(graph.node('Unsqueeze', [x, graph.constant([0])]), [0, 2, 1, 3, 4]);
  }
  if (layout === 'NCTHW' || layout === 'NDTHW') return x;
  return graph.slice(graph.transpose(x, [0, 4, 1, 2, 3]), 1, 0, 3);
}

function fromPlanar(graph: Graph, x: Value, layout: PixelLayout | LatentLayout): Value {
  if (layout === 'TCHW' || layout === 'TDHW') {
    return graph.node('Squeeze', [graph.transpose(x, [0, 2, 1, 3, 4]), graph.constant([0])]);
  }
  if (layout === 'NCTHW' || layout === 'NDTHW') return x;
  const last = graph.transpose(x, [0, 2, 3, 4, 1]);
  return layout.endsWith('4') ? graph.pad(last, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) : last;
}

/** One patch over time: grouped two planes (tokens 6, 1), causal a first frame and a plane (tokens 6, 1). */
function checkFile(rule: 'grouped' | 'causal'): Blob {
  const tokens = [6, 1];
  const planes = rule === 'grouped' ? [0, 0, 0, 0, 1, 1, 1, 1] : [0, 1, 1, 1, 1];
  const shape = [1, 3, planes.length, PATCH, PATCH];
  const corner = (c: number, frame: number) => tinyCodebook[tokens[planes[frame]!]! * 3 + c]!;
  const area = PATCH * PATCH;
  const data = Float32Array.from({ length: 3 * planes.length * area }, (_, i) =>
    corner(Math.floor(i / area / planes.length), Math.floor(i / area) % planes.length),
  );
  return tensorFile({
    input: { shape, data: data.map((value) => value * 0.9) },
    tokens: { shape: [2, 1, 1], data: Int32Array.from(tokens) },
    reconstruction: { shape, data },
  });
}
