import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../src/core/manifest.ts';
import { parseManifest } from '../../../src/core/parse-manifest.ts';
import { dataTypes, type OnnxGraph, readModel, writeModel } from '../../../src/onnx/model.ts';
import { floatTensor, makeNode, makeValue, wholeTensor } from '../../../src/onnx/parts.ts';

const MODEL = join(import.meta.dirname, '../../../models/vqvae-f8');

/**
 * The embedded VQ-VAE behind other numbers: 0 to 255, blue first, channels first. Its manifest says [-1, 1], red first, which is
 * wrong on purpose.
 */
export function wrappedModel(): { manifest: Manifest; file(name: string): Blob } {
  const manifest = JSON.parse(readFileSync(join(MODEL, 'manifest.json'), 'utf8'));
  const { encoder, decoder } = manifest.graphs;
  const graphs: Record<string, Uint8Array<ArrayBuffer>> = {
    [encoder.file]: wrap(encoder.file, (graph) => withPixelsBefore(graph, encoder.input)),
    [decoder.file]: wrap(decoder.file, (graph) => withPixelsAfter(graph, decoder.output)),
  };
  const facts = {
    encoder: { ...encoder, input: 'image', layout: 'NCHW' },
    decoder: { ...decoder, output: 'picture', layout: 'NCHW' },
  };
  const read = (name: string) => graphs[name] ?? new Uint8Array(readFileSync(join(MODEL, name)));
  const files = manifest.files.map(({ name }: { name: string }) => ({ name, bytes: read(name).length }));
  const pixels = { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' };
  const { check: _, recorded: __, atlas: ___, ...rest } = manifest;
  return {
    manifest: parseManifest({ ...rest, pixels, graphs: facts, files }),
    file: (name) => new Blob([read(name)]),
  };
}

function wrap(file: string, change: (graph: OnnxGraph) => OnnxGraph): Uint8Array<ArrayBuffer> {
  const model = readModel(new Uint8Array(readFileSync(join(MODEL, file))), file);
  return writeModel({ ...model, graph: change(model.graph!) });
}

/** The graph itself takes N × H × W × 4 in [-1, 1]. */
function withPixelsBefore(graph: OnnxGraph, input: string): OnnxGraph {
  const nodes = [
    makeNode('Gather', ['image', 'turn'], 'turned', { axis: 1 }),
    makeNode('Mul', ['turned', 'slope'], 'scaled'),
    makeNode('Add', ['scaled', 'shift'], 'shifted'),
    makeNode('Transpose', ['shifted'], 'last', { perm: [0, 2, 3, 1] }),
    makeNode('Pad', ['last', 'pads'], input),
  ];
  const constants = [
    wholeTensor('turn', [2, 1, 0]),
    floatTensor('slope', [2 / 255], []),
    floatTensor('shift', [-1], []),
    wholeTensor('pads', [0, 0, 0, 0, 0, 0, 0, 1]),
  ];
  const inputs = [makeValue('image', dataTypes.float32, ['n', 3, 'h', 'w'])];
  return { ...graph, inputs, nodes: [...nodes, ...graph.nodes], initializers: [...graph.initializers, ...constants] };
}

/** The graph itself gives N × H × W × 4 in [-1, 1]. */
function withPixelsAfter(graph: OnnxGraph, output: string): OnnxGraph {
  const nodes = [
    makeNode('Transpose', [output], 'first', { perm: [0, 3, 1, 2] }),
    makeNode('Gather', ['first', 'turn'], 'turned', { axis: 1 }),
    makeNode('Mul', ['turned', 'slope'], 'scaled'),
    makeNode('Add', ['scaled', 'slope'], 'picture'),
  ];
  const constants = [wholeTensor('turn', [2, 1, 0]), floatTensor('slope', [127.5], [])];
  const outputs = [makeValue('picture', dataTypes.float32)];
  return { ...graph, outputs, nodes: [...graph.nodes, ...nodes], initializers: [...graph.initializers, ...constants] };
}
