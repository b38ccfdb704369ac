import { Graph } from '../../src/convert/graph.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import type { ModelFiles } from '../../src/engine/protocol.ts';

/**
 * A tokenizer whose answers can be worked out by hand: the encoder takes the mean of each 2 × 2 patch, the codebook holds
 * the eight corners of the colour cube, the decoder repeats the entry over the patch.
 */
export const TINY_PATCH = 2;
export const tinyCodebook = Float32Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) & (4 >> (i % 3)) ? 1 : -1));

const manifest: Manifest = {
  manifest: 1,
  id: 'tiny',
  title: 'Tiny',
  medium: 'image',
  architecture: 'custom',
  quantizer: { kind: 'vq', codebookSize: 8, entryDimension: 3, score: 'l2' },
  size: { reduction: TINY_PATCH, multipleOf: TINY_PATCH, minimum: TINY_PATCH, maximum: 64, preferred: [8, 8] },
  pixels: { range: [-1, 1], outputRange: [-1, 1] },
  graphs: {
    encoder: { file: 'encoder.onnx', input: 'pixels', output: 'latents', layout: 'NCHW', latentLayout: 'NDHW' },
    decoder: { file: 'decoder.onnx', input: 'latents', output: 'pixels', layout: 'NCHW', latentLayout: 'NDHW' },
  },
  codebook: { file: 'codebook.safetensors', tensor: 'codebook' },
  files: [],
  check: { file: 'check.safetensors', input: 'input', tokens: 'tokens', reconstruction: 'reconstruction' },
  source: { licence: 'MIT' },
};

interface Variant {
  /** Channels last on both sides, four of them on the pixel side. */
  readonly channelsLast?: boolean;
  readonly change?: Partial<Manifest>;
  /** Tokens that the check expects, in place of the right ones. */
  readonly checkTokens?: readonly number[];
  /** Weights in a file of their own. */
  readonly external?: boolean;
}

/** The same tokenizer as others export it: encoder to tokens, tokens to decoder. */
export function tinyTokenModel(): ModelFiles {
  const blobs = { 'encoder.onnx': new Blob([tokenEncoder()]), 'decoder.onnx': new Blob([tokenDecoder()]) };
  const graphs = {
    encoder: { file: 'encoder.onnx', input: 'pixels', output: 'tokens', layout: 'NCHW', carries: 'tokens', tokenDtype: 'int64' },
    decoder: { file: 'decoder.onnx', input: 'tokens', output: 'pixels', layout: 'NCHW', carries: 'tokens', tokenDtype: 'int64' },
  };
  const { codebook: _, check: __, ...rest } = manifest;
  const files = Object.entries(blobs).map(([name, { size }]) => ({ name, bytes: size }));
  const whole = { ...rest, graphs, files, quantizer: { kind: 'in-graph', codebookSize: 8 } };
  return { ...blobs, 'manifest.json': new Blob([JSON.stringify(whole)]) };
}

const table = { dtype: 'float32', shape: [8, 3], data: tinyCodebook } as const;

function tokenEncoder() {
  const graph = new Graph('encoder');
  const x = graph.input('pixels', 'float32', ['n', 3, 'h', 'w']);
  const weight = graph.initializer('weight', { dtype: 'float32', shape: [3, 3, 2, 2], data: meanWeights(false) });
  const z = graph.transpose(graph.conv(x, weight, undefined, { kernel: [2, 2], stride: 2 }), [0, 2, 3, 1]);
  // Corners of a cube are all as long as each other: the largest product is the nearest.
  const products = graph.matMul(z, graph.transpose(graph.initializer('table', table), [1, 0]));
  graph.output('tokens', graph.argMin(graph.node('Neg', [products])));
  return graph.encode();
}

function tokenDecoder() {
  const graph = new Graph('decoder');
  const tokens = graph.input('tokens', 'int64', ['n', 'h', 'w']);
  const entries = graph.node('Gather', [graph.initializer('table', table), tokens], { axis: 0 });
  graph.output('pixels', graph.resize(graph.transpose(entries, [0, 3, 1, 2]), [1, 1, 2, 2]));
  return graph.encode();
}

/** The model's files, as if handed over by the visitor. */
export function tinyModel({ channelsLast = false, change = {}, checkTokens, external = false }: Variant = {}): ModelFiles {
  const blobs: Record<string, Blob> = {
    'encoder.onnx': new Blob([encoder(channelsLast, external)]),
    'decoder.onnx': new Blob([decoder(channelsLast)]),
    'codebook.safetensors': tensorFile({ codebook: { shape: [8, 3], data: tinyCodebook } }),
    'check.safetensors': checkFile(checkTokens),
    ...(external && { 'weights.safetensors': new Blob([meanWeights(channelsLast)]) }),
  };
  const [pixels, latents] = channelsLast ? (['NHWC4', 'NHWD'] as const) : (['NCHW', 'NDHW'] as const);
  const graphs = {
    encoder: { ...manifest.graphs.encoder, layout: pixels, latentLayout: latents },
    decoder: { ...manifest.graphs.decoder, layout: pixels, latentLayout: latents },
  };
  const files = Object.entries(blobs).map(([name, { size }]) => ({ name, bytes: size }));
  const whole: Manifest = { ...manifest, graphs, files, ...change };
  return { ...blobs, 'manifest.json': new Blob([JSON.stringify(whole)]) };
}

function meanWeights(channelsLast: boolean): Float32Array<ArrayBuffer> {
  const inputs = channelsLast ? 4 : 3;
  return Float32Array.from({ length: 3 * inputs * 4 }, (_, i) =>
    Math.floor(i / 4) % inputs === Math.floor(i / 4 / inputs) ? 0.25 : 0,
  );
}

function encoder(channelsLast: boolean, external: boolean) {
  const graph = new Graph('encoder');
  const inputs = channelsLast ? 4 : 3;
  const x = graph.input('pixels', 'float32', channelsLast ? ['n', 'h', 'w', 4] : ['n', 3, 'h', 'w']);
  const data = meanWeights(channelsLast);
  const bytes = external ? { location: 'weights.safetensors', place: () => ({ offset: 0, length: data.byteLength }) } : { data };
  const weight = graph.initializer('weight', { dtype: 'float32', shape: [3, inputs, 2, 2], ...bytes });
  const planar = channelsLast ? graph.transpose(x, [0, 3, 1, 2]) : x;
  const z = graph.conv(planar, weight, undefined, { kernel: [2, 2], stride: 2 });
  graph.output('latents', channelsLast ? graph.transpose(z, [0, 2, 3, 1]) : z);
  return graph.encode();
}

function decoder(channelsLast: boolean) {
  const graph = new Graph('decoder');
  const z = graph.input('latents', 'float32', channelsLast ? ['n', 'h', 'w', 3] : ['n', 3, 'h', 'w']);
  if (!channelsLast) graph.output('pixels', graph.resize(z, [1, 1, 2, 2]));
  else {
    const large = graph.resize(z, [1, 2, 2, 1]);
    graph.output('pixels', graph.pad(large, [0, 0, 0, 0, 0, 0, 0, 1]));
  }
  return graph.encode();
}

/** 4 × 4 pixels: white, red, green, blue patches; tokens 7, 4, 2, 1. */
function checkFile(tokens: readonly number[] = [7, 4, 2, 1]): Blob {
  const corner = (cell: number, c: number) => tinyCodebook[[7, 4, 2, 1][cell]! * 3 + c]!;
  const picture = Float32Array.from({ length: 48 }, (_, i) => {
    const [row, column] = [Math.floor((i % 16) / 4), i % 4];
    return corner(Math.floor(row / 2) * 2 + Math.floor(column / 2), Math.floor(i / 16));
  });
  return tensorFile({
    input: { shape: [1, 3, 4, 4], data: picture.map((value) => value * 0.9) },
    tokens: { shape: [1, 2, 2], data: Int32Array.from(tokens) },
    reconstruction: { shape: [1, 3, 4, 4], data: picture },
  });
}

export function tensorFile(tensors: Record<string, { shape: readonly number[]; data: Float32Array | Int32Array }>): Blob {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const start = end;
      end += data.byteLength;
      return [name, { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  const parts = Object.values(tensors).map(({ data }) =>
    Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  return new Blob([BigUint64Array.of(BigInt(json.length)), json, ...parts]);
}
