import { type TensorToWrite, writeSafetensors } from '../../convert/containers/safetensors.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { GraphFacts, LatentLayout, Manifest } from '../../core/manifest.ts';
import type { Projection } from '../../core/quantizer.ts';
import { dataTypes, type OnnxGraph } from '../../onnx/model.ts';
import { makeValue } from '../../onnx/parts.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import type { Assembled, Half } from './assemble.ts';
import { CompactWeights } from './compact-weights.ts';
import { castEdge, reshapeEdge } from './edges.ts';
import type { Found, InsideCut, OutsideCut } from './found.ts';
import type { SourceLatents, Table } from './match.ts';
import { encodeGraph, type Measured, openOutputs } from './measure.ts';

/** Cells of the card: t × h × w, and pixels on a side of each. */
export interface Grid {
  readonly t: number;
  readonly h: number;
  readonly w: number;
  readonly reduction: number;
}

export interface Built {
  readonly files: Readonly<Record<string, Blob>>;
  readonly graphs: Manifest['graphs'];
  readonly quantizer: Manifest['quantizer'];
  readonly codebook: Manifest['codebook'];
  readonly scores: Manifest['scores'];
  /** The graphs hold for one size only, because something in them was worked out for it. */
  readonly frozen: boolean;
}

export const ENCODER = 'encoder.onnx';
const DECODER = 'decoder.onnx';
const SCORES = 'scores.safetensors';
const CODEBOOK = { file: 'codebook.safetensors', tensor: 'codebook' } as const;

/** The two graphs of a model folder, cut where the quantizer was found, and the codebook beside them. */
export function buildFiles(assembled: Assembled, found: Found, grid: Grid, weights: ReadonlyMap<string, Blob>): Built {
  const { cut } = found;
  const parts = cut.kind === 'outside' ? cutAround(assembled, cut, grid) : cutInside(assembled, cut, found.tokens!);
  const table = cut.table;
  const layer = cut.kind === 'outside' && cut.settings.score === 'projection' ? cut.projection : undefined;
  const codebook =
    table &&
    writeSafetensors(
      new Map([
        ['codebook', { dtype: 'F32' as const, shape: [table.rows, table.columns], data: Float32Array.from(table.values) }],
      ]),
    );
  const compact = new CompactWeights(weights);
  const [encoder, decoder] = [compact.take(parts.encoder), compact.take(parts.decoder)];
  const files: Record<string, Blob> = {
    [ENCODER]: new Blob([encodeGraph(encoder, assembled.front.model)]),
    [DECODER]: new Blob([encodeGraph(decoder, assembled.back.model)]),
    ...(compact.size > 0 && { [compact.name]: compact.blob() }),
    ...(codebook && { [CODEBOOK.file]: new Blob([codebook.bytes]) }),
    ...(layer && { [SCORES]: new Blob([writeLayer(layer, cut.table!)]) }),
  };
  return {
    files,
    graphs: { encoder: parts.encoderFacts, decoder: parts.decoderFacts },
    quantizer: quantizerOf(found),
    codebook: table && CODEBOOK,
    scores: layer && { file: SCORES, weight: 'weight', ...(layer.bias && { bias: 'bias' }) },
    frozen: parts.frozen,
  };
}

/** The layer whose largest output names the token (Gumbel). */
function writeLayer({ weight, bias }: Projection, { rows, columns }: Table): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, TensorToWrite>();
  tensors.set('weight', { dtype: 'F32', shape: [rows, columns], data: Float32Array.from(weight) });
  if (bias) tensors.set('bias', { dtype: 'F32', shape: [rows], data: Float32Array.from(bias) });
  return writeSafetensors(tensors).bytes;
}

function quantizerOf({ cut, codebookSize, tokens }: Found): Manifest['quantizer'] {
  if (cut.kind === 'outside') return cut.settings;
  const most = tokens ? Int32Array.from(tokens.values).reduce((a, b) => Math.max(a, b), 1) : 1;
  // Without scores or a table only a bound is known; the sheet lets the visitor say it.
  const size = cut.table?.rows ?? codebookSize ?? 2 ** Math.ceil(Math.log2(most + 1));
  return { kind: 'in-graph', codebookSize: size, ...(cut.table && { entryDimension: cut.table.columns }) };
}

interface Parts {
  readonly encoder: OnnxGraph;
  readonly decoder: OnnxGraph;
  readonly encoderFacts: GraphFacts;
  readonly decoderFacts: GraphFacts;
  readonly frozen: boolean;
}

function cutAround(assembled: Assembled, cut: OutsideCut, grid: Grid): Parts {
  const { front, back } = assembled;
  const encoder = encoderOf(front, cut.latents.name);
  const latents = gridEdge(encoder, cut.latents, grid, 'output');
  const decoder = sliceFrom(back, cut.entries.name, cut.entries.measured, cut.entries.frozen);
  const entries = gridEdge(decoder, cut.entries, grid, 'input');
  const flat = cut.latents.layout.includes('L');
  return {
    encoder: latents.graph,
    decoder: entries.graph,
    encoderFacts: {
      file: ENCODER,
      input: front.pixels,
      output: latents.name,
      layout: front.layout,
      carries: 'latents',
      latentLayout: latents.layout,
      dtype: 'float32',
    },
    decoderFacts: {
      file: DECODER,
      input: entries.name,
      output: back.output,
      layout: back.layout,
      carries: 'latents',
      latentLayout: entries.layout,
      dtype: 'float32',
    },
    frozen: flat || cut.entries.frozen.length > 0,
  };
}

function encoderOf(front: Assembled['front'], output: string): OnnxGraph {
  const input = front.flow.graph.inputs.find(({ name }) => name === front.pixels)!;
  return sliceGraph(front.flow, [input], openOutputs([output])).graph;
}

/** The decoder from a value on; its own input keeps what the file says of it. */
function sliceFrom(
  back: Half & { output: string },
  name: string,
  measured: Measured,
  frozen: OutsideCut['entries']['frozen'],
): OnnxGraph {
  const own = back.flow.graph.inputs.find((input) => input.name === name);
  const type = measured.type === 'float16' ? dataTypes.float16 : dataTypes.float32;
  const { graph, missing } = sliceGraph(back.flow, [own ?? makeValue(name, type)], openOutputs([back.output]), frozen);
  if (missing.length > 0) throw new TokenscopeError('onnx-no-decoding', { file: back.file });
  return graph;
}

interface GridEdge {
  readonly graph: OnnxGraph;
  readonly name: string;
  readonly layout: LatentLayout;
}

/** Latents at the edge of a graph: float32, and in rows and columns where the graph has them in a list. */
function gridEdge(
  graph: OnnxGraph,
  { name, layout, measured }: { readonly name: string; readonly layout: SourceLatents; readonly measured: Measured },
  { t, h, w }: Grid,
  as: 'input' | 'output',
): GridEdge {
  const values = as === 'input' ? graph.inputs : graph.outputs;
  const own = values.find((value) => value.name === name)?.type?.tensor?.dataType;
  const inside = own ?? (measured.type === 'float16' ? dataTypes.float16 : dataTypes.float32);
  const cast = castEdge(graph, name, { as, inside, outside: dataTypes.float32 });
  if (!layout.includes('L')) return { ...cast, layout: layout as LatentLayout };
  const d = measured.dims[layout.indexOf('D')] ?? 1;
  const planar = layout === 'NDL';
  const shown: LatentLayout = t > 1 ? (planar ? 'NDTHW' : 'NTHWD') : planar ? 'NDHW' : 'NHWD';
  const sizes: Readonly<Record<string, number>> = { N: 1, D: d, T: t, H: h, W: w, L: t * h * w };
  const dims = [...shown].map((axis) => sizes[axis]!);
  const shape = as === 'output' ? dims : [...layout].map((axis) => sizes[axis]!);
  const edge = reshapeEdge(cast.graph, cast.name, { as, shape, type: dataTypes.float32, dims });
  return { ...edge, layout: shown };
}

function cutInside(assembled: Assembled, cut: InsideCut, tokens: Measured): Parts {
  const { front, back } = assembled;
  const encoder = flattenTokens(encoderOf(front, cut.from), cut.from, tokens);
  const own = back.flow.graph.inputs.find((input) => input.name === cut.into.name);
  const type = own?.type?.tensor?.dataType ?? (tokens.type === 'int32' ? dataTypes.int32 : dataTypes.int64);
  const dims = cut.into.facts?.dims ?? cut.into.dims.map((size, axis) => (axis === 0 ? size : `size${axis}`));
  const sliced = sliceGraph(
    back.flow,
    [own ?? makeValue(cut.into.name, type, dims)],
    openOutputs([back.output]),
    cut.into.frozen,
  );
  const decoder = raiseTokens(sliced.graph, cut, type);
  return {
    encoder: encoder.graph,
    decoder: decoder.graph,
    encoderFacts: {
      file: ENCODER,
      input: front.pixels,
      output: encoder.name,
      layout: front.layout,
      carries: 'tokens',
      dtype: 'float32',
    },
    decoderFacts: {
      file: DECODER,
      input: decoder.name,
      output: back.output,
      layout: back.layout,
      carries: 'tokens',
      tokenDtype: type === dataTypes.int32 ? 'int32' : 'int64',
      dtype: 'float32',
    },
    frozen: cut.into.frozen.length > 0,
  };
}

/** Tokens with an axis of one at the end would be taken for a column: they become a list. */
function flattenTokens(graph: OnnxGraph, name: string, { dims, type }: Measured): { graph: OnnxGraph; name: string } {
  if (dims.length < 3 || dims.at(-1) !== 1) return { graph, name };
  const dataType = type === 'int32' ? dataTypes.int32 : dataTypes.int64;
  return reshapeEdge(graph, name, { as: 'output', shape: [1, -1], type: dataType, dims: [1, 'cells'] });
}

/** The same on the way in: the engine gives rows and columns, the graph wants one more axis. */
function raiseTokens(graph: OnnxGraph, { into }: InsideCut, type: number): { graph: OnnxGraph; name: string } {
  const { dims, name } = into;
  if (dims.length !== 4 || dims[3] !== 1 || dims[1] === 1) return { graph, name };
  return reshapeEdge(graph, name, { as: 'input', shape: [0, 0, -1, 1], type, dims: ['n', 'h', 'w'] });
}
