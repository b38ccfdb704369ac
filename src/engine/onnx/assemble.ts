import { TokenscopeError } from '../../core/errors.ts';
import type { PixelLayout } from '../../core/manifest.ts';
import type { Corrections, SourceLayout } from '../../core/proposal.ts';
import { findChoices } from '../../onnx/find-quantizer.ts';
import { type Flow, flowOf } from '../../onnx/flow.ts';
import { isFloat, isStandard, isWhole, type TensorFacts } from '../../onnx/inspect.ts';
import { linkedName, linkGraphs } from '../../onnx/link.ts';
import type { OnnxGraph, OnnxModel } from '../../onnx/model.ts';
import { withoutStraightThrough } from '../../onnx/straight-through.ts';
import { adaptInput, adaptOutput } from './edges.ts';
import { type PixelEnd, pixelInputs, pixelOutputs } from './ends.ts';
import { type TokenParts, withTokens } from './one-hot.ts';
import type { RoledGraph } from './roles.ts';

/** One side of a tokenizer: a graph and what it belongs to. */
export interface Half {
  readonly flow: Flow;
  readonly model: OnnxModel;
  /** The files it came from, for messages. */
  readonly file: string;
}

/** From pixels on, and up to pixels; the same graph twice where the quantizer stands between both in one. */
export interface Assembled {
  readonly front: Half & {
    readonly pixels: string;
    readonly layout: PixelLayout;
    readonly dims: readonly (number | string)[];
    readonly end: PixelEnd;
    /** Outputs the file itself offers. */
    readonly outputs: readonly TensorFacts[];
  };
  readonly back: Half & {
    /** What the decoder takes; absent where it is fed by the same graph. */
    readonly input: TensorFacts | undefined;
    readonly output: string;
    readonly layout: PixelLayout;
    readonly end: PixelEnd;
  };
  readonly joined: boolean;
  /** The decoder's file takes one-hot rows; tokens were put in front of it. */
  readonly rows?: Pick<TokenParts, 'size' | 'chosen'>;
}

/** An encoder and a decoder with tokens between them instead of scores and one-hot rows; undefined where those are none. */
export function assembleRows(graphs: readonly RoledGraph[], corrections: Corrections): Assembled | undefined {
  const byRole = (role: RoledGraph['role']) => graphs.find((graph) => graph.role === role);
  const [encoder, decoder] = [byRole('encoder'), byRole('decoder')];
  const parts = encoder && decoder && !byRole('quantizer') ? withTokens(encoder, decoder) : undefined;
  if (!parts) return undefined;
  const { size, chosen } = parts;
  return { ...assembleParts(parts.encoder, undefined, parts.decoder, corrections), rows: { size, chosen } };
}

/** Puts files together by their roles. Throws where one is missing, or two do not fit. */
export function assemble(graphs: readonly RoledGraph[], corrections: Corrections): Assembled {
  const byRole = (role: RoledGraph['role']) => graphs.find((graph) => graph.role === role);
  const [combined, encoder, quantizer, decoder] = (['combined', 'encoder', 'quantizer', 'decoder'] as const).map(byRole);
  if (encoder && decoder) return assembleParts(encoder, quantizer, decoder, corrections);
  if (combined) return joinedOf(combined, combined.graph, pixelIn(combined, corrections), pixelOut(combined, corrections));
  const file = graphs.map((graph) => graph.file).join(', ');
  for (const part of [encoder, decoder]) if (part) refuseForeign(part);
  if (encoder) throw new TokenscopeError('onnx-no-decoder', { file: encoder.file });
  if (decoder) throw new TokenscopeError('onnx-no-encoder', { file: decoder.file });
  throw new TokenscopeError('onnx-roles', { file });
}

/** A classifier takes pixels too, and a language model tokens: half a tokenizer has a grid on its other side. */
function refuseForeign(graph: RoledGraph): void {
  const { file, role, inputs, outputs, flow } = graph;
  const least = role === 'encoder' ? 3 : 4;
  const flat = outputs.every(({ type, dims }) => !isWhole(type) && dims && dims.length < least);
  if (!flat || pixelOutputs(graph, flow).length > 0) return;
  const listed = (values: readonly TensorFacts[]) => values.map((facts) => `${facts.name} (${describeDims(facts)})`).join(', ');
  throw new TokenscopeError('onnx-foreign', { file, takes: listed(inputs), gives: listed(outputs) });
}

function assembleParts(
  encoder: RoledGraph,
  quantizer: RoledGraph | undefined,
  decoder: RoledGraph,
  corrections: Corrections,
): Assembled {
  const input = pixelIn(encoder, corrections);
  const output = pixelOut(decoder, corrections);
  const takes = decoder.inputs.find(({ type }) => isWhole(type)) ?? decoder.inputs.find(({ type }) => isFloat(type));
  if (!takes) throw new TokenscopeError('onnx-roles', { file: decoder.file });
  const extra = decoder.inputs.filter((one) => one !== takes);
  if (extra.length > 0) {
    throw new TokenscopeError('onnx-inputs', { file: decoder.file, inputs: extra.map(({ name }) => name).join(', ') });
  }
  // The quantizer stands in the decoder: latents go in, and one of many is chosen.
  if (isFloat(takes.type) && !quantizer && findChoices(decoder.flow, takes.name).length > 0) {
    const linked = linkTwo(encoder, decoder, takes);
    return joinedOf({ ...linked, inputs: encoder.inputs }, linked.graph, renamed('a/', input), renamed('b/', output));
  }
  const start = quantizer && !hasChoice(encoder, input) ? linkTwo(encoder, quantizer, floatInput(quantizer)) : encoder;
  const end = start === encoder ? input : renamed('a/', input);
  const inside = adaptInput(start.graph, end, opsetOf(start.model));
  const outside = adaptOutput(decoder.graph, output, decoder.opset);
  const outputs = 'outputs' in start ? start.outputs : encoder.outputs;
  return {
    front: {
      flow: flowOf(withoutStraightThrough(inside.graph)),
      model: start.model,
      file: start.file,
      ...pixelsOf(inside),
      end,
      outputs,
    },
    back: {
      flow: flowOf(outside.graph),
      model: decoder.model,
      file: decoder.file,
      input: takes,
      output: outside.name,
      layout: outside.layout,
      end: output,
    },
    joined: false,
  };
}

function hasChoice(encoder: RoledGraph, { facts }: PixelEnd): boolean {
  return findChoices(encoder.flow, facts.name).length > 0;
}

function pixelsOf({ name, layout, graph }: ReturnType<typeof adaptInput>) {
  const value = graph.inputs.find((input) => input.name === name);
  const dims = value?.type?.tensor?.shape?.dims.map(({ value: size, parameter }) =>
    size !== undefined && size > 0 ? size : (parameter ?? '?'),
  );
  return { pixels: name, layout, dims: dims ?? [...layout] };
}

interface Linked extends Pick<Half, 'model' | 'file'> {
  readonly graph: OnnxGraph;
  readonly outputs: readonly TensorFacts[];
}

function joinedOf(
  of: Linked & { inputs: readonly TensorFacts[] },
  graph: OnnxGraph,
  input: PixelEnd,
  output: PixelEnd,
): Assembled {
  const extra = of.inputs.length > 1 ? of.inputs.filter(({ name }) => name !== input.facts.name.replace(/^a\//, '')) : [];
  if (extra.length > 0) {
    throw new TokenscopeError('onnx-inputs', { file: of.file, inputs: extra.map(({ name }) => name).join(', ') });
  }
  const opset = opsetOf(of.model);
  const inside = adaptInput(graph, input, opset);
  const outside = adaptOutput(inside.graph, output, opset);
  const whole = withoutStraightThrough(outside.graph);
  const half: Half = { flow: flowOf(whole), model: of.model, file: of.file };
  return {
    front: { ...half, ...pixelsOf({ ...inside, graph: outside.graph }), end: input, outputs: of.outputs },
    back: { ...half, input: undefined, output: outside.name, layout: outside.layout, end: output },
    joined: true,
  };
}

function renamed(prefix: string, end: PixelEnd): PixelEnd {
  return { ...end, facts: { ...end.facts, name: linkedName(prefix, end.facts.name) } };
}

function floatInput(graph: RoledGraph): TensorFacts {
  const input = graph.inputs.find(({ type }) => isFloat(type));
  if (!input) throw new TokenscopeError('onnx-roles', { file: graph.file });
  return input;
}

/** The first graph's latents into the second. */
function linkTwo(first: RoledGraph, second: RoledGraph, to: TensorFacts): Linked {
  const fits = (facts: TensorFacts) => isFloat(facts.type) && (!facts.dims || !to.dims || facts.dims.length === to.dims.length);
  const from = first.outputs.find(fits);
  const refuse = (reason: string): never => {
    throw new TokenscopeError('onnx-unlinked', { from: first.file, to: second.file, reason });
  };
  if (!from) return refuse(`${to.name} ${describeDims(to)}`);
  if (from.type !== to.type) refuse(`${from.name} / ${to.name}: float16, float32`);
  if (first.opset !== second.opset) refuse(`opset ${first.opset}, ${second.opset}`);
  const parts = [
    { prefix: 'a/', graph: first.graph },
    { prefix: 'b/', graph: second.graph },
  ];
  const graph = linkGraphs(parts, [{ from: { prefix: 'a/', name: from.name }, to: { prefix: 'b/', name: to.name } }]);
  const domains = new Set(second.model.opsets.map(({ domain }) => domain));
  const functions = [...(first.model.functions ?? []), ...(second.model.functions ?? [])];
  return {
    graph,
    model: {
      ...second.model,
      opsets: [...second.model.opsets, ...first.model.opsets.filter(({ domain }) => !domains.has(domain))],
      ...(functions.length > 0 ? { functions } : {}),
    },
    file: `${first.file} → ${second.file}`,
    outputs: [
      ...second.outputs.map((facts) => ({ ...facts, name: linkedName('b/', facts.name) })),
      ...first.outputs.map((facts) => ({ ...facts, name: linkedName('a/', facts.name) })),
    ],
  };
}

function describeDims({ dims }: TensorFacts): string {
  return dims?.join(' × ') ?? '';
}

function opsetOf({ opsets }: OnnxModel): number {
  return opsets.find(({ domain }) => isStandard(domain))?.version ?? 1;
}

/** Where pixels go in. A part that was named encoder has pixels at its first float input, whatever the file says. */
function pixelIn(graph: RoledGraph, { inputLayout }: Corrections): PixelEnd {
  const [end = assumed(graph, graph.inputs, inputLayout)] = pixelInputs(graph, graph.flow, inputLayout);
  const count = end.layout.startsWith('N') ? end.facts.dims?.[0] : undefined;
  if (typeof count === 'number' && count > 1) throw new TokenscopeError('onnx-batch', { file: graph.file, count });
  return end;
}

function pixelOut(graph: RoledGraph, { outputLayout }: Corrections): PixelEnd {
  const [end] = pixelOutputs(graph, graph.flow, outputLayout);
  return end ?? assumed(graph, graph.outputs, outputLayout);
}

function assumed(graph: RoledGraph, values: readonly TensorFacts[], layout: SourceLayout | undefined): PixelEnd {
  const facts = values.find(({ type }) => isFloat(type));
  if (!facts) throw new TokenscopeError('onnx-roles', { file: graph.file });
  const usual: SourceLayout = facts.dims?.length === 5 ? 'NCTHW' : 'NCHW';
  return { facts, layout: layout ?? usual, channels: 3, declared: false };
}
