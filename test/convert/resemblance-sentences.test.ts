import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertCheckpoint, unrecognised } from '../../src/convert/architectures/index.ts';
import { blobSource } from '../../src/convert/byte-source.ts';
import { openCheckpoint } from '../../src/convert/open-checkpoint.ts';
import { startTexts } from '../../src/i18n/index.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

/** A safetensors file of zeros, with the names of a real network. */
function zeros(shapes: Shapes): Blob {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const from = at;
      at += 4 * shape.reduce((product, side) => product * side, 1);
      return [name, { dtype: 'F32', shape, data_offsets: [from, at] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  return new Blob([new BigUint64Array([BigInt(json.length)]), json, new Uint8Array(at)]);
}

const networks: readonly (readonly [what: string, looks: string, shapes: Shapes, english: RegExp, chinese: RegExp])[] = [
  [
    'the KL autoencoder of Stable Diffusion',
    'continuous',
    {
      'encoder.conv_in.weight': [8, 3, 3, 3],
      'encoder.down_blocks.0.resnets.0.conv1.weight': [8, 8, 3, 3],
      'encoder.conv_out.weight': [8, 8, 3, 3],
      'quant_conv.weight': [8, 8, 1, 1],
      'post_quant_conv.weight': [4, 4, 1, 1],
      'decoder.conv_in.weight': [8, 4, 3, 3],
    },
    /continuous latents/,
    /潜变量连续/,
  ],
  [
    'a UNet',
    'diffusion',
    {
      'conv_in.weight': [8, 4, 3, 3],
      'time_embedding.linear_1.weight': [32, 8],
      'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight': [8, 16],
      'down_blocks.0.resnets.0.conv1.weight': [8, 8, 3, 3],
      'mid_block.resnets.0.conv1.weight': [8, 8, 3, 3],
      'up_blocks.0.resnets.0.conv1.weight': [8, 8, 3, 3],
    },
    /a diffusion model/,
    /扩散模型/,
  ],
  [
    'Stable Diffusion with its KL autoencoder',
    'diffusion',
    {
      'model.diffusion_model.input_blocks.0.0.weight': [8, 4, 3, 3],
      'first_stage_model.encoder.conv_out.weight': [8, 8, 3, 3],
      'first_stage_model.quant_conv.weight': [8, 8, 1, 1],
      'first_stage_model.post_quant_conv.weight': [4, 4, 1, 1],
    },
    /a diffusion model/,
    /扩散模型/,
  ],
  [
    'the token model of LlamaGen',
    'language',
    {
      'cls_embedding.embedding_table.weight': [11, 8],
      'tok_embeddings.weight': [64, 8],
      'layers.0.attention.wqkv.weight': [24, 8],
      'output.weight': [64, 8],
    },
    /a language or token model/,
    /语言模型/,
  ],
  [
    'a VQGAN without its codebook',
    'incomplete',
    {
      'encoder.conv_in.weight': [8, 3, 3, 3],
      'encoder.conv_out.weight': [4, 8, 3, 3],
      'quant_conv.weight': [4, 4, 1, 1],
      'post_quant_conv.weight': [4, 4, 1, 1],
      'decoder.conv_in.weight': [8, 4, 3, 3],
      'decoder.conv_out.weight': [3, 8, 3, 3],
    },
    /tensors are missing, such as its codebook.*\(taming-vqgan\)/,
    /缺少一些张量.*\(taming-vqgan\)/,
  ],
  [
    'LLaMA',
    'language',
    {
      'model.embed_tokens.weight': [64, 8],
      'model.layers.0.self_attn.q_proj.weight': [8, 8],
      'model.layers.0.mlp.gate_proj.weight': [16, 8],
      'lm_head.weight': [64, 8],
    },
    /a language or token model/,
    /语言模型/,
  ],
  [
    'ResNet',
    'classifier',
    {
      'conv1.weight': [8, 3, 7, 7],
      'bn1.running_mean': [8],
      'layer1.0.conv1.weight': [8, 8, 1, 1],
      'layer4.0.conv1.weight': [8, 8, 1, 1],
      'fc.weight': [10, 8],
    },
    /recognises pictures/,
    /图像识别/,
  ],
  [
    'TiTok',
    'known',
    {
      latent_tokens: [4, 8],
      'encoder.patch_embed.weight': [8, 3, 4, 4],
      'encoder.transformer.0.attn.in_proj_weight': [24, 8],
      'quantize.embedding.weight': [16, 4],
      'decoder.mask_token': [1, 1, 8],
    },
    /does not have yet \(TiTok\)/,
    /尚未收录 \(TiTok\)/,
  ],
  [
    'VAR, whose names are those of a VQGAN',
    'known',
    {
      'encoder.conv_in.weight': [8, 3, 3, 3],
      'encoder.down.0.block.0.conv1.weight': [8, 8, 3, 3],
      'quant_conv.weight': [4, 4, 3, 3],
      'quantize.embedding.weight': [16, 4],
      'quantize.quant_resi.qresi_ls.0.weight': [4, 4, 3, 3],
      'post_quant_conv.weight': [4, 4, 3, 3],
      'decoder.conv_in.weight': [8, 4, 3, 3],
    },
    /does not have yet \(VAR\)/,
    /尚未收录 \(VAR\)/,
  ],
  [
    'VQ-VAE-2',
    'known',
    {
      'enc_b.blocks.0.weight': [8, 3, 4, 4],
      'enc_t.blocks.0.weight': [8, 8, 4, 4],
      'quantize_conv_t.weight': [4, 8, 1, 1],
      'quantize_t.embed': [4, 16],
      'dec_t.blocks.0.weight': [8, 4, 3, 3],
      'quantize_b.embed': [4, 16],
      'dec.blocks.0.weight': [8, 8, 3, 3],
    },
    /does not have yet \(VQ-VAE-2\)/,
    /尚未收录 \(VQ-VAE-2\)/,
  ],
];

describe('a network that is no tokenizer of a kind known here', () => {
  beforeAll(() => startTexts('en'));

  it.each(networks)('%s is said to be what it is, in both languages', async (_, looks, shapes, english, chinese) => {
    const content = zeros(shapes);
    const checkpoint = await openCheckpoint([{ name: 'model.safetensors', source: blobSource(content, 'model.safetensors') }]);
    expect(await convertCheckpoint(checkpoint)).toBeUndefined();
    const { code, parameters } = unrecognised(checkpoint);
    expect(code).toBe('checkpoint-unrecognised');
    expect(parameters).toMatchObject({ looks, file: 'model.safetensors' });
    const say = i18next.t as unknown as (key: string, parameters: object) => string;
    for (const [lng, expected] of [
      ['en', english],
      ['zh', chinese],
    ] as const) {
      const what = say('errors.checkpoint-unrecognised.what', { ...parameters, lng });
      expect(what).toMatch(expected);
      const remedy = say('errors.checkpoint-unrecognised.remedy', { ...parameters, lng });
      expect(`${what} ${remedy}`).not.toMatch(/\{\{|\$t\(|undefined|checkpoints\./);
      expect(/ONNX/.test(remedy)).toBe(looks === 'known');
    }
  });
});
