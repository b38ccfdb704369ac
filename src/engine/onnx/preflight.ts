import type { Finding, Proposal } from '../../core/proposal.ts';
import type { InspectedGraph } from '../../onnx/inspect.ts';
import { dataTypes, type OnnxGraph, type OnnxNode } from '../../onnx/model.ts';
import { attributeOf } from '../../onnx/parts.ts';
import { wrongConvolutions } from '../../onnx/wrong-convolutions.ts';
import type { DeviceFacts } from '../protocol.ts';

/** What ONNX Runtime 1.30 in a browser does with one node on WebGPU; measured, operator by operator. */
interface Rule {
  readonly level: Finding['level'];
  /** A text `open.cost.<text>`. */
  readonly text: string;
  applies(node: OnnxNode, about: About): boolean;
}

interface About {
  /** Rank of an initializer; undefined for what is worked out. */
  rankOf(name: string): number | undefined;
  typeOf(name: string): number | undefined;
  readonly shaderF16: boolean;
}

const isOp =
  (...ops: readonly string[]) =>
  (node: OnnxNode) =>
    ops.includes(node.op ?? '');
const groupOf = (node: OnnxNode) => attributeOf(node, 'group')?.int ?? 1;
const spatial = (node: OnnxNode, { rankOf }: About) =>
  attributeOf(node, 'kernel_shape')?.ints.length ?? (rankOf(node.inputs[1] ?? '') ?? 4) - 2;

/** These run on the processor, between two stretches on the graphics card: everything waits for the way there and back. */
const ON_PROCESSOR = [
  'Attention',
  'SpaceToDepth',
  'Round',
  'Sign',
  'Mod',
  'BitShift',
  'OneHot',
  'NonZero',
  'IsNaN',
  'Selu',
  'Celu',
  'QuantizeLinear',
  'DynamicQuantizeLinear',
  'ConvInteger',
  'QLinearConv',
  'MatMulInteger',
  'FusedMatMul',
];
const ARITHMETIC = ['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Equal', 'Greater', 'Less'];

const rules: readonly Rule[] = [
  {
    level: 'fails',
    text: 'convTranspose3d',
    applies: (node, about) => node.op === 'ConvTranspose' && spatial(node, about) === 3,
  },
  {
    level: 'fails',
    text: 'groupedConv3d',
    applies: (node, about) => node.op === 'Conv' && spatial(node, about) === 3 && groupOf(node) > 1,
  },
  {
    level: 'fails',
    text: 'half',
    applies: (node, { typeOf, shaderF16 }) =>
      !shaderF16 && isOp('Conv', 'MatMul', 'Gemm')(node) && typeOf(node.inputs[1] ?? '') === dataTypes.float16,
  },
  {
    level: 'fails',
    text: 'noKernel',
    applies: (node) => node.domain === 'com.microsoft' && isOp('GroupNorm', 'SkipGroupNorm', 'NhwcConv')(node),
  },
  { level: 'fails', text: 'dropout', applies: isOp('Dropout') },
  {
    level: 'wrong',
    text: 'attention',
    applies: (node) => node.domain === 'com.microsoft' && isOp('MultiHeadAttention', 'Attention')(node),
  },
  {
    level: 'slow',
    text: 'conv3d',
    applies: (node, about) => node.op === 'Conv' && spatial(node, about) === 3 && groupOf(node) === 1,
  },
  { level: 'slow', text: 'groupNormalization', applies: isOp('GroupNormalization') },
  { level: 'slow', text: 'processor', applies: (node) => isOp(...ON_PROCESSOR)(node) && node.domain !== 'com.microsoft' },
  {
    level: 'slow',
    text: 'int64',
    applies: (node, { typeOf }) => isOp(...ARITHMETIC)(node) && node.inputs.some((name) => typeOf(name) === dataTypes.int64),
  },
  { level: 'slow', text: 'loop', applies: isOp('Loop', 'Scan') },
  { level: 'note', text: 'swish', applies: isOp('Swish') },
];

/** Beyond these, this ONNX Runtime knows the operators only in part. */
const NEWEST_OPSET = 23;
const OLDEST_OPSET = 7;

/** What the operators of these graphs cost on this machine, the worst first, and where the model had better run. */
export function findCosts(
  graphs: readonly InspectedGraph[],
  { shaderF16 }: DeviceFacts,
): Pick<Proposal, 'findings' | 'provider'> {
  const findings = [
    ...graphs.flatMap(({ graph }) => [...costsOf(graph, shaderF16), ...layoutCosts(graph)]),
    ...graphs.flatMap(opsetCosts),
  ];
  const merged = merge(findings);
  const throws = merged.some(({ level }) => level === 'fails' || level === 'wrong');
  return { findings: merged, provider: throws ? 'wasm' : undefined };
}

/** Right only with channels first, which these graphs therefore get. */
function layoutCosts(graph: OnnxGraph): Finding[] {
  const count = wrongConvolutions(graph).length;
  return count > 0 ? [{ level: 'note', text: 'open.cost.threefold', parameters: { op: 'Conv', count } }] : [];
}

function costsOf(graph: OnnxGraph, shaderF16: boolean): Finding[] {
  const facts = new Map(graph.initializers.map(({ name, dims, dataType }) => [name, { rank: dims.length, dataType }]));
  const about: About = {
    rankOf: (name) => facts.get(name)?.rank,
    typeOf: (name) => facts.get(name)?.dataType,
    shaderF16,
  };
  return graph.nodes.flatMap((node) =>
    rules
      .filter((rule) => rule.applies(node, about))
      .map(({ level, text }) => ({ level, text: `open.cost.${text}`, parameters: { op: node.op ?? '', count: 1 } })),
  );
}

function opsetCosts({ opset, file }: InspectedGraph): Finding[] {
  if (opset > NEWEST_OPSET) return [{ level: 'note', text: 'open.cost.newOpset', parameters: { opset, file } }];
  if (opset < OLDEST_OPSET) return [{ level: 'note', text: 'open.cost.oldOpset', parameters: { opset, file } }];
  return [];
}

const ORDER: readonly Finding['level'][] = ['fails', 'wrong', 'slow', 'note'];

/** One sentence for each matter, with its operators and how often they occur. */
function merge(findings: readonly Finding[]): Finding[] {
  const byText = new Map<string, { finding: Finding; ops: Set<string>; count: number }>();
  for (const finding of findings) {
    const { op, count } = finding.parameters;
    const known = byText.get(finding.text) ?? { finding, ops: new Set<string>(), count: 0 };
    if (op !== undefined) known.ops.add(String(op));
    known.count += Number(count ?? 0);
    byText.set(finding.text, known);
  }
  const merged = [...byText.values()].map(({ finding, ops, count }) =>
    ops.size > 0 ? { ...finding, parameters: { op: [...ops].join(', '), count } } : finding,
  );
  return merged.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}
