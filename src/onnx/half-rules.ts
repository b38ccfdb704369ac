import type { OnnxGraph, OnnxNode } from './model.ts';

/** Sums of products and norms, whose kernels take half precision; norms gather their sums in float32 (WebGPU). */
const HALF = ['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'InstanceNormalization', 'BatchNormalization'];

/** What moves numbers or takes them one by one: in the precision of what it is given. */
const EITHER = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Min', 'Max', 'Clip', 'Where'],
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Sigmoid', 'HardSigmoid', 'HardSwish'],
  ...['Identity', 'Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand', 'Tile'],
  ...['Concat', 'Split', 'Slice', 'Pad', 'Gather', 'DepthToSpace', 'SpaceToDepth', 'Resize', 'MaxPool'],
];

/** Sums and functions that overflow or lose their point in half precision; and what makes values out of none. */
const FULL = [
  ...['Softmax', 'LogSoftmax', 'Tanh', 'Exp', 'Log', 'Pow', 'Sqrt', 'Reciprocal', 'Erf', 'Gelu', 'Sin', 'Cos', 'Softplus'],
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL2', 'ReduceSumSquare'],
  ...['GlobalAveragePool', 'AveragePool', 'LayerNormalization', 'GroupNormalization'],
  ...['Floor', 'Ceil', 'Range', 'Cast', 'Shape', 'Size', 'ConstantOfShape'],
];

type Precision = 'half' | 'either' | 'full';

const precisions = new Map<string, Precision>([
  ...HALF.map((op) => [op, 'half'] as const),
  ...EITHER.map((op) => [op, 'either'] as const),
  ...FULL.map((op) => [op, 'full'] as const),
]);

/** What a node computes in, or undefined for an operator that is not known here. */
export function precisionOf({ op, domain }: OnnxNode): Precision | undefined {
  return domain && domain !== 'ai.onnx' ? undefined : precisions.get(op ?? '');
}

const RESHAPING = new Set(['Identity', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'DepthToSpace']);
const SCALING = new Set([...RESHAPING, 'Add', 'Sub', 'Mul', 'Div', 'Where', 'Clip']);

/** Nodes that stay in float32 for where they stand: attention's logits, and what squashes an output. */
export function findFullNodes({ nodes, outputs }: OnnxGraph): ReadonlySet<OnnxNode> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const logits = trace(makers, SCALING, new Set(['MatMul', 'Gemm']));
  for (const { op, inputs } of nodes) if (op === 'Softmax' || op === 'LogSoftmax') logits.back(inputs[0]);
  const squashed = trace(makers, SCALING, new Set(['Sigmoid', 'HardSigmoid']));
  for (const { name } of outputs) squashed.back(name);
  return new Set([...logits.found, ...squashed.found]);
}

/** Walks back from values through some operators; finds others, and all that stands between. */
function trace(makers: ReadonlyMap<string, OnnxNode>, through: ReadonlySet<string>, until: ReadonlySet<string>) {
  const found = new Set<OnnxNode>();
  const seen = new Set<OnnxNode>();
  function back(name: string | undefined): boolean {
    const node = makers.get(name ?? '');
    if (!node || seen.has(node)) return !!node && found.has(node);
    seen.add(node);
    const end = until.has(node.op ?? '');
    const between = !end && through.has(node.op ?? '') && node.inputs.map(back).includes(true);
    if (end || between) found.add(node);
    return end || between;
  }
  return { found, back };
}
