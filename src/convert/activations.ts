import type { Graph, Value } from './graph.ts';

export type Activation = 'silu' | 'relu' | 'gelu' | 'mish';

/** Settings' names of activations. */
const names: Readonly<Record<string, Activation>> = { silu: 'silu', swish: 'silu', relu: 'relu', gelu: 'gelu', mish: 'mish' };

export function activationNamed(name: string): Activation | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** An activation of operators that WebGPU has. */
export function activate(graph: Graph, x: Value, activation: Activation): Value {
  if (activation === 'relu') return graph.relu(x);
  if (activation === 'gelu') return gelu(graph, x);
  return activation === 'mish' ? mish(graph, x) : graph.silu(x);
}

/** x · Φ(x), with the error function. */
function gelu(graph: Graph, x: Value): Value {
  const number = (value: number) => graph.constant([value], 'float32', []);
  const erf = graph.node('Erf', [graph.mul(x, number(Math.SQRT1_2))]);
  return graph.mul(graph.mul(x, number(0.5)), graph.add(erf, number(1)));
}

/** Beyond it, x · tanh(softplus(x)) is x in float32, and e^2x would soon overflow. */
const MISH_LIMIT = 20;

/** x · tanh(ln(1 + e^x)) = x · n / (n + 2) with n = e^x · (e^x + 2). */
function mish(graph: Graph, x: Value): Value {
  const number = (value: number) => graph.constant([value], 'float32', []);
  const power = graph.node('Exp', [graph.node('Min', [x, number(MISH_LIMIT)])]);
  const n = graph.mul(power, graph.add(power, number(2)));
  return graph.mul(x, graph.div(n, graph.add(n, number(2))));
}
