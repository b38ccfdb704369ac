import { writeSafetensors } from '../src/convert/containers/safetensors.ts';
import { Graph } from '../src/convert/graph.ts';
import { HalfWeights } from '../src/convert/weights.ts';
import { numberToHalf } from '../src/core/half.ts';
import type { Manifest } from '../src/core/manifest.ts';

/**
 * A tokenizer whose answers can be worked out by hand: the latent vector of a patch is its mean colour in [-1, 1], the codebook
 * holds the eight corners of the colour cube (token = 1 where red is above the middle + 2 where green is + 4 where blue is),
 * the decoder paints each patch in its entry's colour.
 */
const PATCH = 8;
const CHANNELS = 3;
const ENTRIES = 8;

/** One colour for each cell of the check's 2 × 2 grid, and the token each must become. */
const checkCells = [
  { colour: [-0.75, -0.5, -0.25], token: 0 },
  { colour: [0.75, -0.5, -0.25], token: 1 },
  { colour: [-0.25, 0.5, -0.75], token: 2 },
  { colour: [0.25, 0.75, 0.5], token: 7 },
] as const;

export function buildToy(): { manifest: ToyManifest; files: Map<string, Uint8Array<ArrayBuffer>>; card: string } {
  const weights = new HalfWeights('weights.safetensors');
  const encoder = drawEncoder(weights);
  const decoder = drawDecoder();
  const files = new Map([[weights.name, weights.write()]]);
  files.set('encoder.onnx', encoder.encode());
  files.set('decoder.onnx', decoder.encode());
  files.set('codebook.safetensors', writeCodebook());
  files.set('check.safetensors', writeCheck());
  return { manifest, files, card: CARD };
}

type ToyManifest = Omit<Manifest, 'manifest' | 'id' | 'files'>;

const graphFacts = { layout: 'NCHW', carries: 'latents', latentLayout: 'NDHW', dtype: 'float32' } as const;

const manifest: ToyManifest = {
  title: 'Toy: eight colours',
  medium: 'image',
  architecture: 'custom',
  quantizer: { kind: 'vq', codebookSize: ENTRIES, entryDimension: CHANNELS, score: 'l2' },
  size: { reduction: PATCH, multipleOf: PATCH, minimum: PATCH, maximum: 1024, preferred: [64, 64] },
  pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
  graphs: {
    encoder: { file: 'encoder.onnx', input: 'pixels', output: 'latents', ...graphFacts },
    decoder: { file: 'decoder.onnx', input: 'latents', output: 'pixels', ...graphFacts },
  },
  codebook: { file: 'codebook.safetensors', tensor: 'codebook' },
  check: {
    file: 'check.safetensors',
    input: 'input',
    tokens: 'tokens',
    reconstruction: 'reconstruction',
    tolerance: 0.002,
  },
  source: { licence: 'CC0 1.0', repository: 'this one, models/toy.ts', training: 'Not trained: its weights are 1/64.' },
};

/** The mean of each patch, one channel at a time. */
function drawEncoder(weights: HalfWeights): Graph {
  const graph = new Graph('encoder');
  const pixels = graph.input('pixels', 'float32', ['batch', CHANNELS, 'height', 'width']);
  const shape = [CHANNELS, 1, PATCH, PATCH];
  const data = new Uint16Array(CHANNELS * PATCH * PATCH).fill(numberToHalf(1 / (PATCH * PATCH)));
  const kernel = weights.add(graph, 'mean', { shape, data });
  const latents = graph.conv(pixels, kernel, undefined, { kernel: [PATCH, PATCH], stride: PATCH, group: CHANNELS });
  graph.output('latents', latents, ['batch', CHANNELS, 'rows', 'columns']);
  return graph;
}

function drawDecoder(): Graph {
  const graph = new Graph('decoder');
  const latents = graph.input('latents', 'float32', ['batch', CHANNELS, 'rows', 'columns']);
  graph.output('pixels', graph.resize(latents, [1, 1, PATCH, PATCH]), ['batch', CHANNELS, 'height', 'width']);
  return graph;
}

/** Entry `token`: +1 for each channel whose bit is set, otherwise -1. */
function entry(token: number): number[] {
  return Array.from({ length: CHANNELS }, (_, channel) => ((token >> channel) & 1 ? 1 : -1));
}

function writeCodebook(): Uint8Array<ArrayBuffer> {
  const data = Float32Array.from(Array.from({ length: ENTRIES }, (_, token) => entry(token)).flat());
  return writeSafetensors(new Map([['codebook', { dtype: 'F32', shape: [ENTRIES, CHANNELS], data }]])).bytes;
}

/** A picture of 2 × 2 patches, flat colours with a fine pattern that the mean takes out again. */
function writeCheck(): Uint8Array<ArrayBuffer> {
  const side = 2 * PATCH;
  const paint = (colour: (cell: (typeof checkCells)[number]) => readonly number[], pattern: number) =>
    Float32Array.from({ length: CHANNELS * side * side }, (_, i) => {
      const [x, y, channel] = [i % side, Math.floor(i / side) % side, Math.floor(i / (side * side))];
      const cell = checkCells[2 * Math.floor(y / PATCH) + Math.floor(x / PATCH)]!;
      return colour(cell)[channel]! + ((x + y) % 2 ? pattern : -pattern);
    });
  const shape = [1, CHANNELS, side, side];
  const input = paint(({ colour }) => colour, 0.125);
  const reconstruction = paint(({ token }) => entry(token), 0);
  const tokens = Int32Array.from(checkCells, ({ token }) => token);
  return writeSafetensors(
    new Map([
      ['input', { dtype: 'F32' as const, shape, data: input }],
      ['reconstruction', { dtype: 'F32' as const, shape, data: reconstruction }],
      ['tokens', { dtype: 'I32' as const, shape: [1, 2, 2], data: tokens }],
    ]),
  ).bytes;
}

const CARD = `# Toy: eight colours

A tokenizer for tests, whose answers can be worked out by hand. It is not offered on the page unless the link asks for it (\`?model=toy\`).

- Encoder: the mean colour of each ${PATCH} × ${PATCH} patch, in [-1, 1]: three numbers, the latent vector.
- Codebook: the eight corners of the colour cube. Token = 1 if red is above the middle + 2 if green is + 4 if blue is.
  So 0 is black, 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan, 7 white; exactly in the middle the lower token wins.
- Decoder: the entry's colour, repeated over the patch.

Made by \`models/toy.ts\`; nothing was trained. CC0 1.0.
`;
