import { TokenscopeError } from '../core/errors.ts';
import type { GraphFacts, LatentLayout, Manifest, PixelLayout } from '../core/manifest.ts';
import type { Architecture, Checkpoint, ConvertedModel, ConvertOptions } from './architecture.ts';
import { writeSafetensors } from './containers/safetensors.ts';
import { Graph, type Shape, type Value } from './graph.ts';
import { largest } from './resemblance.ts';
import { TensorTaker } from './tensor-taker.ts';
import type { StoredTensor, StoredTensors } from './tensors.ts';
import { isBallast, tidyNames } from './tidy-names.ts';
import { TorchLayers } from './torch-layers.ts';
import { HalfWeights, StoredWeights, type Weights } from './weights.ts';

/** What a manifest says of a network. */
export interface NetworkFacts extends Pick<Manifest, 'medium' | 'quantizer' | 'size' | 'pixels'> {
  readonly pixelLayout: PixelLayout;
  readonly latentLayout: LatentLayout;
}

/** A table of numbers beside the graphs: a tensor of the checkpoint as it stands, or values made from some. Row-major. */
export type Table = StoredTensor | { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> };

/** One published network: everything that `architecture` needs to make a model folder of a checkpoint. */
export interface Network<Settings> {
  /** Its name in a manifest: the name of its file. */
  readonly name: string;
  /** A tensor it always has, by which what was put before its names is found; without one, names are taken as they are. */
  readonly anchor?: string;
  recognise(checkpoint: Checkpoint): Settings | undefined;
  /** Settings that stand in the values of a tensor, which `recognise` does not read. */
  settle?(settings: Settings, tensors: StoredTensors): Promise<Settings>;
  describe(settings: Settings): NetworkFacts;
  /** Draws pixels (in `pixelLayout`) → latents (in `latentLayout`). */
  encode(settings: Settings, layers: TorchLayers, pixels: Value): Promise<Value>;
  /** Draws quantized latents → pixels. */
  decode(settings: Settings, layers: TorchLayers, latents: Value): Promise<Value>;
  /** The same drawings in another way, with the same results; which one is faster depends on the device. */
  readonly direct?: Drawings<Settings>;
  /** K × D, for kind `vq`. */
  codebook?(settings: Settings, taker: TensorTaker): Promise<Table | undefined>;
  /** For score `projection`: weight K × C and bias K. */
  scores?(settings: Settings, taker: TensorTaker): Promise<{ weight: Table; bias?: Table } | undefined>;
  /** Tensors of the tokenizer that its graphs do not need (by name); any other that is no ballast of a training is an error. */
  readonly spare: (name: string, settings: Settings) => boolean;
}

/** Pixels of a graph, by layout, with words for what is known at run time only. */
export function pixelShape(layout: PixelLayout): Shape {
  const channels = layout.endsWith('4') ? 4 : 3;
  const axes = layout.replace('4', '');
  return [...axes].map((axis) => axisSize(axis, channels));
}

/** Latents of a graph with `d` numbers for each cell. */
export function latentShape(layout: LatentLayout, d: number): Shape {
  return [...layout].map((axis) => ({ N: 'batch', D: d, T: 'planes', H: 'rows', W: 'columns' })[axis]!);
}

function axisSize(axis: string, channels: number): number | string {
  return { N: 'batch', C: channels, T: 'frames', H: 'height', W: 'width' }[axis]!;
}

/** The network as an architecture whose graphs are `encoder.onnx` and `decoder.onnx`, with their weights beside them. */
export function architecture<Settings>(network: Network<Settings>): Architecture<Settings> {
  const tidy = (checkpoint: Checkpoint) => (network.anchor ? tidyNames(checkpoint, network.anchor) : checkpoint);
  return {
    recognise: (checkpoint) => network.recognise(tidy(checkpoint)),
    async write(recognised, checkpoint, options) {
      const taker = new TensorTaker(tidy(checkpoint));
      const settings = (await network.settle?.(recognised, taker.checkpoint.tensors)) ?? recognised;
      checkTable(network.describe(settings).quantizer, taker);
      const drawn = await drawGraphs(network, settings, taker, options);
      const tables = await writeTables(network, settings, taker);
      const forgotten = taker.left.filter((name) => !isBallast(name) && !network.spare(name, settings));
      if (forgotten.length > 0) throw otherLayers(taker, forgotten, network.name);
      const { files, ...bytes } = drawn;
      const conversion = { weights: options.weights, graph: options.graph ?? 'plain', ...bytes } as const;
      return {
        manifest: { ...describe(network, settings, files), ...tables.manifest, conversion },
        files: new Map([...files, ...tables.files]),
        report: { used: taker.taken, ignored: taker.left, ...bytes },
      };
    },
  };
}

/** Its table is the first thing a damaged checkpoint is known by: other tensors are measured by it. */
function checkTable({ kind, codebookSize = 0, entryDimension = 0 }: NetworkFacts['quantizer'], taker: TensorTaker): void {
  if (kind !== 'vq' || (codebookSize >= 2 && entryDimension >= 1)) return;
  throw taker.corrupt(`its codebook has ${codebookSize} entries of ${entryDimension} numbers`);
}

/** For a checkpoint with tensors that its network has no use for: it must be another network, if a near one. */
function otherLayers({ checkpoint: { file, tensors } }: TensorTaker, names: readonly string[], network: string): TokenscopeError {
  const parameters = { file, looks: 'tokenizer', family: ` (${network})`, tensors: largest(tensors, names).join(', ') } as const;
  return new TokenscopeError('checkpoint-unrecognised', parameters);
}

type Part = 'encoder' | 'decoder';
type Drawings<Settings> = Pick<Network<Settings>, 'encode' | 'decode'>;

const graphFile = (part: Part) => `${part}.onnx`;
const directFile = (part: Part) => `${part}-direct.onnx`;

function describe<Settings>(
  network: Network<Settings>,
  settings: Settings,
  files: ReadonlyMap<string, Blob>,
): ConvertedModel['manifest'] {
  const { pixelLayout, latentLayout, ...facts } = network.describe(settings);
  const graph = (part: Part): GraphFacts => {
    const [input, output] = part === 'encoder' ? (['pixels', 'latents'] as const) : (['latents', 'pixels'] as const);
    const direct = files.has(directFile(part)) ? { direct: directFile(part) } : {};
    const names = { file: graphFile(part), ...direct, input, output };
    return { ...names, layout: pixelLayout, latentLayout, carries: 'latents', dtype: 'float32' };
  };
  return { ...facts, architecture: network.name, graphs: { encoder: graph('encoder'), decoder: graph('decoder') } };
}

async function drawGraphs<Settings>(network: Network<Settings>, settings: Settings, taker: TensorTaker, options: ConvertOptions) {
  const { pixelLayout, latentLayout, quantizer } = network.describe(settings);
  const inLatents = latentShape(latentLayout, quantizer.entryDimension ?? quantizer.bits ?? quantizer.levels!.length);
  const half = options.weights === 'half' ? new HalfWeights('weights.safetensors', taker) : undefined;
  const files = new Map<string, Blob>();
  let referred = 0;
  let copied = 0;
  const drawn = { form: options.graph ?? 'plain', relaid: 0 };
  const graphs: [string, Graph][] = [];
  const draw = async (part: Part, weights: Weights, { encode, decode }: Drawings<Settings>, name: string) => {
    const graph = new Graph(part);
    const layers = new TorchLayers(graph, weights, drawn);
    if (part === 'encoder') {
      const pixels = graph.input('pixels', 'float32', pixelShape(pixelLayout));
      graph.output('latents', await encode(settings, layers, pixels), inLatents);
    } else {
      const latents = graph.input('latents', 'float32', inLatents);
      graph.output('pixels', await decode(settings, layers, latents), pixelShape(pixelLayout));
    }
    graphs.push([name, graph]);
  };
  for (const part of ['encoder', 'decoder'] as const) {
    const weights = half ?? new StoredWeights(`${part}.weights`, taker);
    await draw(part, weights, network, graphFile(part));
    if (half && network.direct) await draw(part, half, network.direct, directFile(part));
    if (weights instanceof StoredWeights) {
      files.set(weights.name, await weights.write(options.check));
      referred += weights.referred;
      copied += weights.copied;
    }
  }
  if (half) {
    const bytes = half.write();
    files.set(half.name, new Blob([bytes]));
    copied = bytes.length;
  }
  for (const [name, graph] of graphs) files.set(name, new Blob([graph.encode()]));
  return { files, referred, copied, relaid: drawn.relaid };
}

async function writeTables<Settings>(network: Network<Settings>, settings: Settings, taker: TensorTaker) {
  const files = new Map<string, Blob>();
  const codebook = await network.codebook?.(settings, taker);
  if (codebook) files.set('codebook.safetensors', await writeTable(new Map([['codebook', codebook]]), taker));
  const scores = await network.scores?.(settings, taker);
  if (scores) {
    const tables = new Map([['weight', scores.weight], ...(scores.bias ? [['bias', scores.bias] as const] : [])]);
    files.set('scores.safetensors', await writeTable(tables, taker));
  }
  const manifest: Pick<ConvertedModel['manifest'], 'codebook' | 'scores'> = {
    ...(codebook && { codebook: { file: 'codebook.safetensors', tensor: 'codebook' } }),
    ...(scores && { scores: { file: 'scores.safetensors', weight: 'weight', ...(scores.bias && { bias: 'bias' }) } }),
  };
  return { files, manifest };
}

async function writeTable(tables: ReadonlyMap<string, Table>, taker: TensorTaker): Promise<Blob> {
  const tensors = new Map<string, { dtype: 'F32'; shape: readonly number[]; data: Float32Array }>();
  for (const [name, table] of tables) {
    const data = 'data' in table ? table.data : await taker.floats(name, table);
    tensors.set(name, { dtype: 'F32', shape: table.shape, data });
  }
  return new Blob([writeSafetensors(tensors).bytes]);
}
