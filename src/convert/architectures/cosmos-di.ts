import { TokenscopeError } from '../../core/errors.ts';
import type { Checkpoint } from '../architecture.ts';
import { findLevels, isCosmosConstant, readLevels } from '../cosmos-parts.ts';
import { findSetting } from '../find-setting.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture } from '../network.ts';
import { type PatchMethod, patchFilters } from '../patch-filters.ts';
import { tamingNames } from '../taming-names.ts';
import { sizeOf } from '../tensor-sizes.ts';
import { drawDecoder, drawEncoder, type VqganStyle } from '../vqgan-drawing.ts';
import { sizeRule } from '../vqgan-network.ts';
import { likelyGroups, readVqgan, type VqganHalf, type VqganShape } from '../vqgan-shape.ts';

/** Cosmos DI, the discrete tokenizer of pictures (arXiv 2501.03575): Haar patches, a VQGAN's blocks, scalar quantization. */
interface Settings {
  readonly shape: VqganShape;
  readonly style: VqganStyle;
  /** Side of the patches that the network sees as pixels. */
  readonly patch: number;
  readonly method: PatchMethod;
  readonly levels: readonly number[];
}

const ANCHOR = 'encoder.down.0.block.0.conv1.weight';
const COLOURS = 3;
const USUAL_SIDE = 256;
/** Sides that patches may have: powers of two. */
const PATCHES = [1, 2, 4, 8];

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  const patch = PATCHES.find((side) => COLOURS * side ** 2 === sizeOf(tensors, 'encoder.conv_in.weight', 1));
  const channels = sizeOf(tensors, 'quant_conv.weight');
  if (tensors.get(ANCHOR)?.shape.length !== 4 || !patch || !quantizesScalars(checkpoint)) return undefined;
  const levels = findLevels(checkpoint, channels);
  // A continuous tokenizer has the same names, and more channels; one without patches needs a file that says what it is.
  if (!levels || sizeOf(tensors, 'post_quant_conv.weight', 1) !== channels) return undefined;
  if (patch === 1 && findSetting(checkpoint, 'levels') === undefined && !tensors.has('quantizer._levels')) return undefined;
  const shape = withoutPools(readVqgan(tensors, tamingNames));
  const [down, up] = [shape.encoder, shape.decoder].map(({ levels }) => levels.filter(({ resample }) => resample === 'conv'));
  if (down!.length !== up!.length) {
    const reason = `it makes pictures smaller ${down!.length} times, and larger ${up!.length} times`;
    throw new TokenscopeError('model-corrupt', { file: checkpoint.file, reason });
  }
  const method = findSetting(checkpoint, 'patch_method') === 'rearrange' ? 'rearrange' : 'haar';
  return { shape, style: { names: tamingNames, groups: likelyGroups(shape), epsilon: 1e-6 }, patch, method, levels };
}

/** No table, and no settings that name another quantizer or a continuous tokenizer. */
function quantizesScalars(checkpoint: Checkpoint): boolean {
  const tables = ['quantize.embedding.weight', 'quantizer.embedding.weight'];
  if (tables.some((name) => checkpoint.tensors.has(name))) return false;
  const [quantizer, name] = [findSetting(checkpoint, 'quantizer'), findSetting(checkpoint, 'name')];
  return (typeof quantizer !== 'string' || quantizer === 'FSQ') && name !== 'CI';
}

/** Only levels with a convolution for it change the size. */
function withoutPools({ encoder, decoder }: VqganShape): VqganShape {
  const half = (of: VqganHalf): VqganHalf => ({
    ...of,
    levels: of.levels.map((level) => (level.resample === 'plain' ? { ...level, resample: 'none' } : level)),
  });
  return { encoder: half(encoder), decoder: half(decoder) };
}

/** Channels × colours × side × side. Cosmos filters a picture's rows first, so the bands count the width before the height. */
function addFilters(graph: Graph, patch: number, method: PatchMethod, inverse: boolean): Value {
  const shape = [COLOURS * patch ** 2, COLOURS, patch, patch];
  const data = patchFilters(patch, 2, method, inverse);
  const filters = graph.initializer('patches', { dtype: 'float32', shape, data });
  return method === 'haar' ? graph.transpose(filters, [0, 1, 3, 2]) : filters;
}

function toPatches(graph: Graph, pixels: Value, patch: number, method: PatchMethod): Value {
  if (patch === 1) return pixels;
  const filters = addFilters(graph, patch, method, false);
  return graph.conv(pixels, filters, undefined, { kernel: [patch, patch], stride: patch });
}

function fromPatches(graph: Graph, x: Value, patch: number, method: PatchMethod): Value {
  if (patch === 1) return x;
  const channels = COLOURS * patch ** 2;
  const rows = graph.reshape(addFilters(graph, patch, method, true), [channels, channels]);
  const kernel = graph.reshape(graph.transpose(rows, [1, 0]), [channels, channels, 1, 1]);
  return graph.depthToSpace(graph.conv(x, kernel, undefined, { kernel: [1, 1] }), patch, 'CRD');
}

export default architecture<Settings>({
  name: 'cosmos-di',
  anchor: ANCHOR,
  recognise,
  settle: async (settings, tensors) => ({ ...settings, levels: await readLevels(tensors, settings.levels) }),
  describe: ({ shape, patch, levels }) => ({
    medium: 'image',
    quantizer: { kind: 'fsq', levels },
    size: sizeRule({ shape, preferred: USUAL_SIDE }, patch),
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  async encode({ shape: { encoder }, style, patch, method, levels }, layers, pixels) {
    const x = await drawEncoder(encoder, style, layers, toPatches(layers.graph, pixels, patch, method));
    return layers.conv(x, 'quant_conv', [encoder.outputs, levels.length, 1]);
  },
  async decode({ shape: { decoder }, style, patch, method, levels }, layers, latents) {
    const x = await layers.conv(latents, 'post_quant_conv', [levels.length, decoder.inputs, 1]);
    return fromPatches(layers.graph, await drawDecoder(decoder, style, layers, x), patch, method);
  },
  // Constants of the quantizer have other names in some versions.
  spare: (name) => isCosmosConstant(name) || /^(quantizer|inv_quant)\./.test(name),
});
