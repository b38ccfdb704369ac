import { elementCount } from '../convert/tensors.ts';

/** Tensors of a checkpoint and their shapes. */
type Shapes = Map<string, readonly number[]>;

export interface VqganSizes {
  /** Channels of each level, fine to coarse; each but the last halves the picture. */
  readonly widths: readonly number[];
  /** Blocks of a level of the encoder; the decoder has one more. */
  readonly blocks: number;
  readonly dimension: number;
  readonly entries: number;
}

/** Tensors of a VQGAN as taming-transformers names them, with attention at the coarsest level. */
export function vqganShapes({ widths, blocks, dimension, entries }: VqganSizes): Shapes {
  const shapes: Shapes = new Map([['quantize.embedding.weight', [entries, dimension]]]);
  const conv = (name: string, inputs: number, outputs: number, side: number) => {
    shapes.set(`${name}.weight`, [outputs, inputs, side, side]).set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string, width: number) => shapes.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
  const block = (name: string, inputs: number, outputs: number) => {
    norm(`${name}.norm1`, inputs);
    conv(`${name}.conv1`, inputs, outputs, 3);
    norm(`${name}.norm2`, outputs);
    conv(`${name}.conv2`, outputs, outputs, 3);
    if (inputs !== outputs) conv(`${name}.nin_shortcut`, inputs, outputs, 1);
  };
  const attention = (name: string, width: number) => {
    norm(`${name}.norm`, width);
    for (const part of ['q', 'k', 'v', 'proj_out']) conv(`${name}.${part}`, width, width, 1);
  };
  const [first = 0] = widths;
  const last = widths.at(-1) ?? 0;
  const middle = (half: string) => {
    block(`${half}.mid.block_1`, last, last);
    attention(`${half}.mid.attn_1`, last);
    block(`${half}.mid.block_2`, last, last);
  };
  const level = (name: string, from: number, to: number, count: number, attended: boolean) => {
    for (let j = 0; j < count; j++) {
      block(`${name}.block.${j}`, j === 0 ? from : to, to);
      if (attended) attention(`${name}.attn.${j}`, to);
    }
  };
  conv('encoder.conv_in', 3, first, 3);
  for (const [i, width] of widths.entries()) {
    const coarsest = i === widths.length - 1;
    level(`encoder.down.${i}`, widths[i - 1] ?? first, width, blocks, coarsest);
    level(`decoder.up.${i}`, widths[i + 1] ?? last, width, blocks + 1, coarsest);
    if (!coarsest) conv(`encoder.down.${i}.downsample.conv`, width, width, 3);
    if (i > 0) conv(`decoder.up.${i}.upsample.conv`, width, width, 3);
  }
  for (const half of ['encoder', 'decoder']) middle(half);
  norm('encoder.norm_out', last);
  conv('encoder.conv_out', last, dimension, 3);
  conv('quant_conv', dimension, dimension, 1);
  conv('post_quant_conv', dimension, dimension, 1);
  conv('decoder.conv_in', dimension, last, 3);
  norm('decoder.norm_out', first);
  conv('decoder.conv_out', first, 3, 3);
  return shapes;
}

/** The beginning of a safetensors file of float32 tensors, and how many numbers come after it. */
export function safetensorsHead(shapes: Shapes): { readonly head: Buffer; readonly numbers: number } {
  let numbers = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of shapes) {
    const count = elementCount(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [4 * numbers, 4 * (numbers + count)] };
    numbers += count;
  }
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + json.length);
  head.writeBigUInt64LE(BigInt(json.length));
  json.copy(head, 8);
  return { head, numbers };
}
