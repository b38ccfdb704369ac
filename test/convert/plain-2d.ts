import type { Checkpoint } from '../../src/convert/architecture.ts';
import type { Settings } from '../../src/convert/architectures/tokenscope-2d.ts';
import { Graph, type Value } from '../../src/convert/graph.ts';
import { elementCount, readValues } from '../../src/convert/tensors.ts';

/**
 * The reference network line by line (models/recipes/network.py), N × C × H × W and float32 throughout, with none of what the
 * shipped graphs do for WebGPU: what those must be equal to.
 */
export async function drawPlain(settings: Settings, checkpoint: Checkpoint): Promise<{ encoder: Graph; decoder: Graph }> {
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of checkpoint.tensors) values.set(name, (await readValues(tensor)) as Float32Array);
  const shapeOf = (name: string) => checkpoint.tensors.get(name)!.shape;

  function network(graph: Graph) {
    const weight = (name: string) => graph.initializer(name, { dtype: 'float32', shape: shapeOf(name), data: values.get(name)! });
    const conv = (x: Value, name: string, stride = 1, pad?: number) => {
      const kernel = shapeOf(`${name}.weight`).slice(2);
      return graph.conv(x, weight(`${name}.weight`), weight(`${name}.bias`), {
        kernel,
        stride,
        pad: pad ?? (kernel[0]! - 1) / 2,
      });
    };
    const norm = (x: Value, name: string) => {
      if (settings.norm === 'none') return x;
      const { groups, epsilon } = settings;
      const channels = elementCount(shapeOf(`${name}.weight`));
      const affine = { scale: weight(`${name}.weight`), bias: weight(`${name}.bias`) };
      return graph.groupNorm(x, { ...affine, channels, groups, epsilon });
    };
    const activate = (x: Value) => (settings.activation === 'silu' ? graph.silu(x) : graph.relu(x));
    const block = (x: Value, name: string) => {
      const middle = conv(activate(norm(x, `${name}.norm1`)), `${name}.conv1`);
      return graph.add(x, conv(activate(norm(middle, `${name}.norm2`)), `${name}.conv2`));
    };
    const attention = (x: Value, name: string) => {
      if (!settings.attention) return x;
      const channels = settings.widths.at(-1)!;
      const qkv = graph.reshape(conv(norm(x, `${name}.norm`), `${name}.qkv`), [0, 3 * channels, -1]);
      const [q, k, v] = graph.split(qkv, [channels, channels, channels], 1) as [Value, Value, Value];
      const scores = graph.matMul(graph.transpose(q, [0, 2, 1]), k);
      const weights = graph.softmax(graph.mul(scores, graph.constant([channels ** -0.5], 'float32')));
      const mixed = graph.transpose(graph.matMul(weights, graph.transpose(v, [0, 2, 1])), [0, 2, 1]);
      return graph.add(x, conv(graph.reshape(mixed, graph.shape(x)), `${name}.out`));
    };
    return { conv, norm, activate, block, attention };
  }

  function drawEncoder(): Graph {
    const graph = new Graph('encoder');
    const { conv, norm, activate, block, attention } = network(graph);
    const pixels = graph.input('pixels', 'float32', ['batch', 3, 'height', 'width']);
    let x = conv(pixels, 'encoder.stem', settings.patch, settings.patch / 2);
    for (const i of settings.widths.keys()) {
      for (let j = 0; j < settings.blocks[i]!; j++) x = block(x, `encoder.levels.${i}.blocks.${j}`);
      if (i + 1 < settings.widths.length) x = conv(x, `encoder.levels.${i}.down`, 2, 1);
    }
    x = activate(norm(attention(x, 'encoder.attention'), 'encoder.norm_out'));
    graph.output('latents', conv(x, 'encoder.project'));
    return graph;
  }

  function drawDecoder(): Graph {
    const graph = new Graph('decoder');
    const { conv, norm, activate, block, attention } = network(graph);
    const latents = graph.input('latents', 'float32', ['batch', settings.entryDimension, 'rows', 'columns']);
    let x = attention(conv(latents, 'decoder.lift'), 'decoder.attention');
    for (let i = settings.widths.length - 1; i >= 0; i--) {
      for (let j = 0; j < settings.decoderBlocks[i]!; j++) x = block(x, `decoder.levels.${i}.blocks.${j}`);
      if (i > 0) x = graph.depthToSpace(conv(x, `decoder.levels.${i}.up`), 2, 'CRD');
    }
    x = activate(norm(x, 'decoder.norm_out'));
    graph.output('pixels', graph.depthToSpace(conv(x, 'decoder.paint'), settings.patch, 'CRD'));
    return graph;
  }

  return { encoder: drawEncoder(), decoder: drawDecoder() };
}
