import { texts } from '../texts.ts';

/** Opening checkpoints as their authors publish them. */
export const checkpoints = texts(
  {
    looks: {
      continuous: 'an autoencoder with continuous latents (mean and variance, no codebook), so there are no tokens to see',
      diffusion: 'a diffusion model, which works on the latents of a tokenizer but is none',
      language: 'a language or token model, not a tokenizer',
      classifier: 'a network that recognises pictures, not a tokenizer',
      discriminator: 'only the discriminator of a training run',
      half: 'only one half of a tokenizer, the encoder or the decoder',
      known: 'a published tokenizer of a family that this page does not have yet',
      tokenizer: 'near a published tokenizer, but with other layers',
      incomplete: 'a published tokenizer from which tensors are missing, such as its codebook or its first layers',
      unknown: 'no network that is known here',
    },
    proceed: {
      continuous: 'Open a model with a codebook instead; this one has none, so nothing of it can be shown as tokens.',
      diffusion: 'Open its tokenizer, which is a file of its own, often in a folder vqvae, movq or vae beside it.',
      language: 'Open the tokenizer of pictures it was trained with, which is a file of its own.',
      classifier: 'Open a file that holds the encoder and the decoder of a tokenizer.',
      discriminator: 'Open the file of the same run that holds the encoder and the decoder.',
      half: 'Open both halves together.',
      known: 'Export its encoder and decoder to ONNX (the lines for it are under “Open any model …”), and drop the files here.',
      tokenizer:
        'Export its encoder and decoder to ONNX (the lines for it are under “Open any model …”), and drop the files here.',
      incomplete: 'Open the whole checkpoint: all of its files, as their authors publish them.',
      unknown:
        'If it is a tokenizer, export its encoder and decoder to ONNX (the lines for it are under “Open any model …”), and drop the files here.',
    },
    folder: 'model folder',
    begun: 'unfinished',
    made: {
      stored: 'weights as stored ({{referred}}), {{copied}} laid out anew',
      whole: 'weights as stored ({{referred}}), nothing copied',
      half: 'weights in half precision, a copy of {{copied}}',
      plain: 'plain graph',
      fast: 'faster graph, {{relaid}} laid out anew in memory',
      none: 'faster graph: it has no layer for it',
    },
  },
  {
    looks: {
      continuous: '一个潜变量连续的自编码器（均值与方差，没有码本），因此没有词元可看',
      diffusion: '一个扩散模型，它工作在分词器的潜变量上，本身不是分词器',
      language: '一个语言模型或词元模型，不是分词器',
      classifier: '一个图像识别网络，不是分词器',
      discriminator: '只是某次训练的判别器',
      half: '只是分词器的一半：编码器或解码器',
      known: '一种已发表的分词器，本页面尚未收录',
      tokenizer: '接近某个已发表的分词器，但层不相同',
      incomplete: '一个已发表的分词器，但缺少一些张量，例如码本或最前面的层',
      unknown: '这里没有记载的网络',
    },
    proceed: {
      continuous: '请打开带码本的模型；此模型没有码本，无法以词元呈现。',
      diffusion: '请打开它的分词器：那是单独的文件，常在旁边的 vqvae、movq 或 vae 文件夹中。',
      language: '请打开训练它时所用的图像分词器，那是单独的文件。',
      classifier: '请打开含有分词器编码器与解码器的文件。',
      discriminator: '请打开同一次训练中含编码器与解码器的文件。',
      half: '请把两半一起打开。',
      known: '请将其编码器与解码器导出为 ONNX（代码见“打开任意模型…”），再把文件拖到这里。',
      tokenizer: '请将其编码器与解码器导出为 ONNX（代码见“打开任意模型…”），再把文件拖到这里。',
      incomplete: '请打开完整的检查点：作者发表的全部文件。',
      unknown: '如果它是分词器，请将其编码器与解码器导出为 ONNX（代码见“打开任意模型…”），再把文件拖到这里。',
    },
    folder: '模型文件夹',
    begun: '未完成',
    made: {
      stored: '权重保持原样（{{referred}}），{{copied}} 重新排布',
      whole: '权重保持原样（{{referred}}），未复制任何内容',
      half: '半精度权重，复制 {{copied}}',
      plain: '常规计算图',
      fast: '加速计算图，内存中重新排布 {{relaid}}',
      none: '加速计算图：没有适用的层',
    },
  },
);
