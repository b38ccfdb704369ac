import type { OnnxGraph, OnnxNode } from './model.ts';
import { attributeOf } from './parts.ts';

/**
 * Convolutions over two axes that ONNX Runtime 1.30 gets wrong on WebGPU when it lays tensors out channels last, as it does by
 * itself: input channels a multiple of three (more than three) but not of four, output channels a multiple of four, a kernel
 * beyond 1 × 1. Measured for 6 to 30 channels and strides 1 and 2: off by as much as the values themselves; channels first is
 * right, and so are 3 channels, 24 channels, groups and transposed convolutions.
 */
export function wrongConvolutions(graph: OnnxGraph): OnnxNode[] {
  const dims = new Map(graph.initializers.map((tensor) => [tensor.name ?? '', tensor.dims]));
  // Weights stored in half precision are cast first.
  for (const { op, inputs, outputs } of graph.nodes) {
    const own = op === 'Cast' || op === 'Identity' ? dims.get(inputs[0] ?? '') : undefined;
    if (own) dims.set(outputs[0] ?? '', own);
  }
  return graph.nodes.filter((node) => {
    const [outputs = 0, inputs = 0, ...kernel] = dims.get(node.inputs[1] ?? '') ?? [];
    const group = attributeOf(node, 'group')?.int ?? 1;
    if (node.op !== 'Conv' || kernel.length !== 2 || group !== 1 || kernel.every((side) => side === 1)) return false;
    return inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0 && outputs % 4 === 0;
  });
}
