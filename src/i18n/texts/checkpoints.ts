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
      known: 'a published tokenizer that this page does not convert yet',
      tokenizer: 'near a published tokenizer, but with other layers',
      unknown: 'no network that is known here',
    },
  },
  {
    looks: {
      continuous: '一个潜变量连续的自编码器（均值与方差，没有码本），因此没有 token 可看',
      diffusion: '一个扩散模型，它工作在分词器的潜变量上，本身不是分词器',
      language: '一个语言模型或 token 模型，不是分词器',
      classifier: '一个图像识别网络，不是分词器',
      discriminator: '只是某次训练的判别器',
      half: '只是分词器的一半：编码器或解码器',
      known: '一个已发表的分词器，但本页面还不能转换',
      tokenizer: '接近某个已发表的分词器，但层不相同',
      unknown: '这里没有记载的网络',
    },
  },
);
