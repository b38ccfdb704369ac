import { dataTypes, type OnnxNode, readModel, writeModel } from '../../src/onnx/model.ts';

/**
 * ONNX Runtime's processor has few kernels for half precision: it computes in float32 and leaves out the rounding between two
 * nodes. Here every node of a half-precision graph is made to take halves and to round what it gives, as on a GPU whose sums
 * are float32. A graph without halves stays as it is.
 */
export function roundHalves(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const model = readModel(bytes, 'half');
  const { float32, float16 } = dataTypes;
  const halves = new Set(model.graph!.initializers.filter((tensor) => tensor.dataType === float16).map(({ name }) => name));
  const rounded = model.graph!.nodes.flatMap((node) => {
    const to = node.op === 'Cast' ? node.attributes.find(({ name }) => name === 'to')?.int : undefined;
    if (to === float16) halves.add(node.outputs[0]);
    if (node.op === 'Cast' || node.op === 'Shape' || !node.inputs.some((name) => halves.has(name))) return [node];
    const made = node.outputs.map((name) => `${name}/made`);
    const taken = node.inputs.map((name, i) => (halves.has(name) ? `${node.outputs[0]}/taken${i}` : name));
    const before = node.inputs.flatMap((name, i) => (halves.has(name) ? [cast(name, taken[i]!, float32)] : []));
    for (const name of node.outputs) halves.add(name);
    return [...before, { ...node, inputs: taken, outputs: made }, ...node.outputs.map((to, i) => cast(made[i]!, to, float16))];
  });
  return writeModel({ ...model, graph: { ...model.graph!, nodes: rounded } });
}

function cast(from: string, to: string, type: number): OnnxNode {
  const absent = { float: undefined, string: undefined, tensor: undefined, graph: undefined };
  const attribute = { name: 'to', int: type, type: 2, floats: [], ints: [], strings: [], graphs: [], ...absent };
  return { op: 'Cast', inputs: [from], outputs: [to], name: undefined, attributes: [attribute], domain: undefined };
}
