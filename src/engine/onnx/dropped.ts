import { createSHA256 } from 'hash-wasm';
import { TokenscopeError } from '../../core/errors.ts';
import { externalPlace, type InspectedGraph, inspectGraph } from '../../onnx/inspect.ts';
import type { OnnxGraph, OnnxTensor } from '../../onnx/model.ts';

/** Files by where they lay (`folder/encoder.onnx`). */
export type DroppedFiles = Readonly<Record<string, Blob>>;

/** What was dropped: graphs that were read, the files their weights stand in, and what else may be a codebook. */
export interface Dropped {
  readonly graphs: readonly InspectedGraph[];
  /** Weights by the names that the graphs use for them from now on: without folders, each once. */
  readonly weights: ReadonlyMap<string, Blob>;
  readonly tables: readonly { readonly file: string; readonly content: Blob }[];
  readonly key: string;
}

const POINTER = 'version https://git-lfs';
/** Larger graphs than this are more than a tab can hold twice. */
const MOST_BYTES = 1.9e9;

/** Reads all graphs and looks up their weights. Throws what `inspectGraph` throws, and `onnx-external-*` for missing or short weights. */
export async function readDropped(files: DroppedFiles): Promise<Dropped> {
  const weights = new Map<string, Blob>();
  const hash = await createSHA256();
  const graphs: InspectedGraph[] = [];
  const names = Object.keys(files).sort();
  for (const path of names.filter(isGraph)) {
    if (files[path]!.size > MOST_BYTES) throw new TokenscopeError('out-of-memory', { what: path });
    const bytes = new Uint8Array(await files[path]!.arrayBuffer());
    hash.update(bytes);
    graphs.push(await withWeights(inspectGraph(bytes, path), files, weights));
  }
  const tables = names.filter((name) => /\.(npy|safetensors)$/i.test(name)).map((file) => ({ file, content: files[file]! }));
  return { graphs, weights, tables, key: hash.digest().slice(0, 32) };
}

export function isGraph(name: string): boolean {
  return /\.onnx$/i.test(name);
}

/** The graph with its weights' files under names of their own, which are put into `weights`. */
async function withWeights(graph: InspectedGraph, files: DroppedFiles, weights: Map<string, Blob>): Promise<InspectedGraph> {
  if (graph.locations.length === 0) return graph;
  const flat = new Map<string, string>();
  for (const location of graph.locations) {
    const [path, content] = findFile(graph.file, location, files);
    const head = await content.slice(0, POINTER.length).text();
    if (head === POINTER) throw new TokenscopeError('onnx-pointer', { file: path });
    flat.set(location, nameFor(path, content, weights));
  }
  checkLengths(graph, flat, weights);
  const rename = (tensor: OnnxTensor): OnnxTensor => {
    const place = externalPlace(tensor, graph.file);
    return place ? { ...tensor, external: placeEntries(flat.get(place.location)!, tensor) } : tensor;
  };
  return { ...graph, locations: [...flat.values()], graph: eachTensor(graph.graph, rename) };
}

function placeEntries(location: string, { external }: OnnxTensor): OnnxTensor['external'] {
  // A checksum (of the whole file) is nobody's business here.
  const kept = external.filter(({ key }) => key === 'offset' || key === 'length');
  return [{ key: 'location', value: location }, ...kept];
}

function eachTensor(graph: OnnxGraph, change: (tensor: OnnxTensor) => OnnxTensor): OnnxGraph {
  return { ...graph, initializers: graph.initializers.map(change) };
}

/** The file at that place beside the graph, or anywhere among what was dropped under the same name. */
function findFile(graph: string, location: string, files: DroppedFiles): [string, Blob] {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1);
  const beside = files[folder + location];
  if (beside) return [folder + location, beside];
  const bare = location.slice(location.lastIndexOf('/') + 1);
  const found = Object.entries(files).find(([path]) => path === bare || path.endsWith(`/${bare}`));
  if (!found) throw new TokenscopeError('onnx-external-missing', { file: graph, missing: location });
  return found;
}

function nameFor(path: string, content: Blob, weights: Map<string, Blob>): string {
  const bare = path.slice(path.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9._-]/g, '_');
  for (let i = 1; ; i++) {
    const name = i === 1 ? bare : `${i}-${bare}`;
    const there = weights.get(name);
    if (there && there !== content) continue;
    weights.set(name, content);
    return name;
  }
}

function checkLengths({ graph, file }: InspectedGraph, flat: ReadonlyMap<string, string>, weights: ReadonlyMap<string, Blob>) {
  for (const tensor of graph.initializers) {
    const place = externalPlace(tensor, file);
    const content = place && weights.get(flat.get(place.location)!);
    if (!place || !content) continue;
    const expected = place.offset + Math.max(0, place.length);
    if (content.size < expected) {
      throw new TokenscopeError('onnx-external-short', { file, missing: place.location, bytes: content.size, expected });
    }
  }
}
