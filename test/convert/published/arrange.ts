import type { Tensor } from 'onnxruntime-web';
import { floats } from '../run-graph.ts';

/**
 * The same numbers with their axes in another order; axes are named by letters. An axis that one side lacks has size 1. A `4`
 * at the end of a layout says that channels (C) are filled up to four with zeros, or cut to three on the way out.
 */
export function arrange(tensor: Tensor, from: string, to: string): Tensor {
  const names = [...from.replace('4', '')];
  const sizes = new Map(names.map((name, i) => [name, tensor.dims[i]!]));
  const strides = new Map(names.map((name, i) => [name, tensor.dims.slice(i + 1).reduce((a, b) => a * b, 1)]));
  const wanted = [...to.replace('4', '')];
  const channels = to.endsWith('4') ? 4 : from.endsWith('4') ? 3 : sizes.get('C');
  const dims = wanted.map((name) => (name === 'C' ? channels! : (sizes.get(name) ?? 1)));
  const lost = names.filter((name) => !wanted.includes(name) && sizes.get(name) !== 1);
  if (lost.length > 0) throw new TypeError(`${to} has no axis ${lost.join()}`);
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  const index = dims.map(() => 0);
  const source = tensor.data as Float32Array;
  for (let i = 0; i < data.length; i++) {
    const inside = wanted.every((name, axis) => index[axis]! < (sizes.get(name) ?? 1));
    if (inside) data[i] = source[wanted.reduce((at, name, axis) => at + index[axis]! * (strides.get(name) ?? 0), 0)]!;
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
  return floats(dims, data);
}
