import { readSafetensors } from '../convert/containers/safetensors.ts';
import { readValues, type StoredTensors } from '../convert/tensors.ts';
import { TokenscopeError } from '../core/errors.ts';
import type { GraphFacts, Manifest } from '../core/manifest.ts';
import type { Projection, Quantizer } from '../core/quantizer.ts';
import { halveGraph } from '../onnx/half-graph.ts';
import { readModel } from '../onnx/model.ts';
import { wrongConvolutions } from '../onnx/wrong-convolutions.ts';
import { quantizers } from '../quantizers/index.ts';
import { assembleModel, type Model } from './model.ts';
import type { ModelContents } from './model-files.ts';
import type { Precision, Provider } from './protocol.ts';
import { createQuantize } from './quantize.ts';
import type { Runtime, Session } from './runtime.ts';
import { chooseTimeForm } from './time-form.ts';

/** What a model runs on and computes in. */
export interface Target {
  readonly provider: Provider;
  readonly precision: Precision;
}

/** Opens the sessions one by one; when anything fails, what was opened is released again. */
export async function openModelSessions(contents: ModelContents, runtime: Runtime, target: Target): Promise<Model> {
  const { provider } = target;
  const { manifest } = contents;
  const { kind } = manifest.quantizer;
  const { quantizer, projection, entries = quantizer } = await openQuantizer(contents);
  const opened: { release(): Promise<void> }[] = [];
  const release = async () => {
    for (const part of opened.splice(0)) await part.release();
  };
  const open = async (facts: GraphFacts, onGpu?: string[]) => {
    const session = await openGraph(contents, facts, runtime, target, onGpu);
    opened.push(session);
    return session;
  };
  try {
    const { encoder, decoder } = await chooseGraphs(manifest, runtime, provider);
    const encoderSession = await open(encoder, kind === 'vq' ? [encoder.output] : undefined);
    const decoderSession = await open(decoder);
    const layout = encoder.latentLayout ?? 'NDHW';
    const search =
      quantizer && createQuantize({ runtime, provider, settings: manifest.quantizer, quantizer, projection, layout });
    if (search) opened.push(search);
    const sessions = { encoder: encoderSession, decoder: decoderSession };
    // A file may be in half precision already, whatever was asked for.
    const precision = encoder.dtype === 'float16' ? 'float16' : target.precision;
    const parts = { manifest, provider, precision, quantizer, entries, quantize: search?.quantize };
    return assembleModel({ ...parts, runtime, ...sessions, release });
  } catch (error) {
    await release();
    throw error;
  }
}

/** The graphs in the form that is faster on this device, where a model has two. */
async function chooseGraphs({ graphs }: Manifest, runtime: Runtime, provider: Provider) {
  const { encoder, decoder } = graphs;
  const direct = encoder.direct && decoder.direct && (await chooseTimeForm(runtime, provider)) === 'direct';
  const choose = (facts: GraphFacts) => (direct ? { ...facts, file: facts.direct ?? facts.file } : facts);
  return { encoder: choose(encoder), decoder: choose(decoder) };
}

async function openGraph(
  contents: ModelContents,
  { file }: GraphFacts,
  runtime: Runtime,
  { provider, precision }: Target,
  onGpu: string[] | undefined,
): Promise<Session> {
  const graph = new Uint8Array(await contents.file(file).arrayBuffer());
  const content = readModel(graph, file).graph;
  const locations = (content?.initializers ?? []).flatMap(({ external }) =>
    external.flatMap(({ key, value }) => (key === 'location' && value !== undefined ? value : [])),
  );
  const external = [...new Set(locations)].map((path) => ({ path, data: contents.file(path) }));
  return runtime.createSession(precision === 'float16' ? halveGraph(graph, file) : graph, {
    provider,
    file,
    external,
    ...(onGpu && { onGpu }),
    planar: content !== undefined && wrongConvolutions(content).length > 0,
  });
}

/** `entries`: vectors that are known although the quantizer is inside the graphs. */
interface Opened {
  readonly quantizer?: Quantizer;
  readonly projection?: Projection;
  readonly entries?: Quantizer;
}

async function openQuantizer({ manifest, file }: ModelContents): Promise<Opened> {
  const { quantizer: settings, codebook, scores } = manifest;
  const read = async (name: string) => readSafetensors(file(name), name);
  const table = codebook && (await floats(await read(codebook.file), codebook.file, codebook.tensor));
  if (settings.kind === 'in-graph') {
    return table && settings.entryDimension ? { entries: quantizers.vq!.open({ ...settings, kind: 'vq' }, table) } : {};
  }
  const layer = settings.score === 'projection' && scores ? await read(scores.file) : undefined;
  const projection = layer &&
    scores && {
      weight: await floats(layer, scores.file, scores.weight),
      ...(scores.bias ? { bias: await floats(layer, scores.file, scores.bias) } : {}),
    };
  const quantizer = quantizers[settings.kind]!.open(settings, table, projection);
  return { quantizer, ...(projection && { projection }) };
}

async function floats(tensors: StoredTensors, file: string, name: string): Promise<Float32Array> {
  const stored = tensors.get(name);
  const data = stored && (await readValues(stored));
  if (data instanceof Float32Array) return data;
  throw new TokenscopeError('model-corrupt', { file, reason: `it has no tensor ${name} of decimal numbers` });
}
