import { texts } from '../texts.ts';

/** By metric id: its name, and its definition with the conventions that make the number comparable. */
export const metrics = texts(
  {
    psnr: {
      name: 'PSNR',
      definition:
        'Peak signal-to-noise ratio: 10 · log10(255² / mean squared error) over all red, green and blue values of the 8-bit pictures. Higher is better, and identical pictures give ∞.',
    },
    ssim: {
      name: 'SSIM',
      definition:
        'Structural similarity on 8-bit luma (BT.601): 11 × 11 Gaussian windows, σ 1.5, averaged over every window that lies wholly inside. At most 1, for identical pictures; not defined under 11 pixels a side.',
    },
    'ms-ssim': {
      name: 'MS-SSIM',
      definition:
        'SSIM over five scales, each half the size of the one before, with the weights of Wang et al. 2003. At most 1; not defined where a side is under 176 pixels.',
    },
    bits: {
      name: 'Bits',
      definition: 'What the tokens take without further packing: number of cells × log2 of the codebook size.',
    },
    'bits-per-pixel': {
      name: 'Bits per pixel',
      definition:
        'Bits of the tokens divided by the pixels of the picture the model saw. An unpacked 8-bit RGB picture takes 24.',
    },
    'compression-ratio': {
      name: 'Compression',
      definition: 'Bits of the 8-bit RGB picture (24 a pixel) for one bit of tokens. The weights of the model are not counted.',
    },
    usage: {
      name: 'Usage',
      definition:
        'Share of the codebook entries that occur in this picture. N tokens cannot use more than N entries, so a small grid has a low ceiling.',
    },
    'entries-used': {
      name: 'Entries used',
      definition:
        'How many different codebook entries occur in this picture: at most the number of cells, and at most the codebook size.',
    },
    perplexity: {
      name: 'Perplexity',
      definition:
        '2 to the power of the entropy: how many equally frequent entries would be as hard to guess. At most the number of entries used.',
    },
    entropy: {
      name: 'Entropy',
      definition:
        'Entropy of the frequencies of the tokens in this picture, in bits for one token. At most log2 of the codebook size, and at most log2 of the number of cells.',
    },
    sharpness: {
      name: 'Sharpness',
      definition:
        'Mean gradient magnitude of the reconstruction’s luma over that of the source. 1 is as sharp as the source, below is blurrier, above has more edges than there were; not defined for a flat source.',
    },
    'clip-psnr': {
      name: 'PSNR, mean',
      definition: 'Mean of the PSNR of all frames. Frames that came back identical (∞) are left out, unless all did.',
    },
    'clip-ssim': { name: 'SSIM, mean', definition: 'Mean of the SSIM of all frames; not defined under 11 pixels a side.' },
    flicker: {
      name: 'Flicker',
      definition:
        'Mean absolute change from frame to frame of the reconstruction over that of the source, in the blocks of 8 × 8 pixels where the source stands still (at most 2 of 255 levels in the mean). 1 is as calm as the source; the source’s own change counts as at least half a level.',
    },
    stayed: {
      name: 'Tokens that stayed',
      definition: 'Share of cells whose token is the same as in the plane before, over all planes but the first.',
    },
    'clip-bits-per-pixel': {
      name: 'Bits per pixel',
      definition: 'Bits of all tokens of the clip, padding included, divided by the pixels of all its frames.',
    },
    'clip-compression': {
      name: 'Compression',
      definition: 'Bits of the 8-bit RGB frames (24 a pixel) for one bit of tokens, padding included.',
    },
    'clip-usage': {
      name: 'Usage',
      definition: 'Share of the codebook entries that occur anywhere in the clip.',
    },
  },
  {
    psnr: {
      name: 'PSNR',
      definition:
        '峰值信噪比：10 · log10(255² / 均方误差)，对 8 位图片的红、绿、蓝所有数值一并计算。越高越好，完全相同的图片为 ∞。',
    },
    ssim: {
      name: 'SSIM',
      definition:
        '结构相似性，在 8 位亮度（BT.601）上计算：11 × 11 高斯窗，σ 为 1.5，对完全位于图内的所有窗口取平均。最大为 1（完全相同）；边长不足 11 像素时无定义。',
    },
    'ms-ssim': {
      name: 'MS-SSIM',
      definition: '五个尺度上的 SSIM，每个尺度边长减半，权重取自 Wang 等 2003。最大为 1；任一边不足 176 像素时无定义。',
    },
    bits: {
      name: '比特数',
      definition: '词元不再压缩时所占的比特：格子数 × log2(码本大小)。',
    },
    'bits-per-pixel': {
      name: '每像素比特',
      definition: '词元比特数除以模型所见图片的像素数。未压缩的 8 位 RGB 图片为 24。',
    },
    'compression-ratio': {
      name: '压缩比',
      definition: '8 位 RGB 图片的比特数（每像素 24）与词元比特数之比。不计入模型权重。',
    },
    usage: {
      name: '使用率',
      definition: '本图中出现过的码字占码本的比例。N 个词元最多用到 N 个码字，因此小网格的上限很低。',
    },
    'entries-used': {
      name: '用到的码字',
      definition: '本图中出现了多少个不同的码字：不超过格子数，也不超过码本大小。',
    },
    perplexity: {
      name: '困惑度',
      definition: '2 的熵次方：相当于多少个等频码字那样难猜。不超过用到的码字数。',
    },
    entropy: {
      name: '熵',
      definition: '本图中词元频率的熵，单位为每词元比特。不超过 log2(码本大小)，也不超过 log2(格子数)。',
    },
    sharpness: {
      name: '清晰度',
      definition:
        '重建亮度的平均梯度幅值与原图之比。1 表示与原图一样清晰，小于 1 更模糊，大于 1 则边缘比原图更多；原图为纯色时无定义。',
    },
    'clip-psnr': {
      name: '平均 PSNR',
      definition: '所有帧 PSNR 的平均值。完全相同的帧（∞）不计入，除非全部如此。',
    },
    'clip-ssim': { name: '平均 SSIM', definition: '所有帧 SSIM 的平均值；边长不足 11 像素时无定义。' },
    flicker: {
      name: '闪烁',
      definition:
        '在源静止的 8 × 8 像素块中（平均变化不超过 255 级中的 2 级），重建的逐帧平均绝对变化与源的之比。1 表示与源同样平静；源自身的变化至少按半级计。',
    },
    stayed: {
      name: '未变的词元',
      definition: '与前一平面同一位置词元相同的格子所占比例，对除第一个平面外的所有平面取平均。',
    },
    'clip-bits-per-pixel': {
      name: '每像素比特数',
      definition: '整段视频所有词元（包括填充）的比特数除以所有帧的像素数。',
    },
    'clip-compression': {
      name: '压缩比',
      definition: '8 位 RGB 帧的比特数（每像素 24）与词元比特数（包括填充）之比。',
    },
    'clip-usage': {
      name: '使用率',
      definition: '在整段视频中任意位置出现过的码字占码本的比例。',
    },
  },
);
