import { number } from '../i18n/index.ts';

/** A tokenizer that its authors (or others) have published, as papers, code and read-me files tell of it. */
export interface PublishedModel {
  /** As its authors call it. */
  readonly title: string;
  /** Where it is on the model hub: `owner/name`, and the file or folder in it where that is known. */
  readonly address: string;
  /** What people call the network, and the file of src/convert/architectures that reads it. */
  readonly family: string;
  readonly architecture: string;
  /** Pixels to a side of a cell, frames to a plane of tokens, and entries. */
  readonly reduction: number;
  readonly frames?: number;
  readonly entries: number;
  /** Of the weights, or only of the code they came with; absent where nothing is stated. */
  readonly licence?: { readonly name: string; readonly of: 'weights' | 'code' };
  /** Bytes of the tensors in use; computed from the network, not read from a server. */
  readonly computed?: number;
  /** What could not be confirmed in the authors' own code or read-me file. */
  readonly unverified?: readonly ('place' | 'licence')[];
}

type Family = Pick<PublishedModel, 'family' | 'architecture'> & Partial<PublishedModel>;
type Row = readonly [title: string, address: string, reduction: number, entries: number, megabytes?: number];

/** Models of a family, which share all but a few facts. */
function of(family: Family, ...rows: readonly Row[]): PublishedModel[] {
  return rows.map(([title, address, reduction, entries, megabytes]) => ({
    ...{ title, address, reduction, entries },
    ...family,
    ...(megabytes !== undefined && { computed: Math.round(megabytes * 1e6) }),
  }));
}

const APACHE_CODE = { name: 'Apache-2.0', of: 'code' } as const;
const NVIDIA = { name: 'NVIDIA Open Model License', of: 'weights' } as const;
const cosmos = { family: 'Cosmos Tokenizer', licence: NVIDIA, unverified: ['place'] } as const;
const diffusers = { family: 'diffusers VQModel', architecture: 'diffusers-vq' } as const;
const ibq = { family: 'IBQ', architecture: 'ibq', licence: APACHE_CODE } as const;
const magvit2 = { family: 'Open-MAGVIT2', licence: APACHE_CODE } as const;
const vqgan = { family: 'VQGAN', architecture: 'taming-vqgan' } as const;
const TENCENT = 'TencentARC/Open-MAGVIT2-Tokenizer';

/** By family. */
export const publishedModels: readonly PublishedModel[] = [
  ...of(
    { ...cosmos, architecture: 'cosmos-di' },
    ['DI8x8', 'nvidia/Cosmos-0.1-Tokenizer-DI8x8', 8, 64_000, 158],
    ['DI16x16', 'nvidia/Cosmos-0.1-Tokenizer-DI16x16', 16, 64_000, 167.4],
  ),
  ...of({ ...cosmos, architecture: 'cosmos-dv', frames: 4 }, [
    'DV4x8x8',
    'nvidia/Cosmos-0.1-Tokenizer-DV4x8x8',
    8,
    64_000,
    224.9,
  ]),
  ...of(
    { ...cosmos, architecture: 'cosmos-dv', frames: 8 },
    ['DV8x8x8', 'nvidia/Cosmos-0.1-Tokenizer-DV8x8x8', 8, 64_000, 224.9],
    ['DV8x16x16', 'nvidia/Cosmos-0.1-Tokenizer-DV8x16x16', 16, 64_000, 224.9],
  ),
  ...of(
    { ...diffusers, licence: { name: 'openrail++', of: 'weights' }, unverified: ['licence'] },
    ['aMUSEd 256', 'amused/amused-256/vqvae', 16, 8192],
    ['aMUSEd 512', 'amused/amused-512/vqvae', 16, 8192],
  ),
  ...of(
    diffusers,
    ['LDM CelebA-HQ', 'CompVis/ldm-celebahq-256/vqvae', 4, 8192, 221.3],
    ['VQ-Diffusion ITHQ', 'microsoft/vq-diffusion-ithq/vqvae', 8, 4096, 256],
  ),
  ...of(
    ibq,
    ['IBQ 1024', 'TencentARC/IBQ-Tokenizer-1024/imagenet256_1024.ckpt', 16, 1024, 428.2],
    ['IBQ 8192', 'TencentARC/IBQ-Tokenizer-8192/imagenet256_8192.ckpt', 16, 8192, 435.5],
    ['IBQ 16384', 'TencentARC/IBQ-Tokenizer-16384/imagenet256_16384.ckpt', 16, 16_384, 443.9],
    ['IBQ 262144', 'TencentARC/IBQ-Tokenizer-262144/imagenet256_262144.ckpt', 16, 262_144, 695.6],
    ['IBQ 16384 Pretrain', 'TencentARC/IBQ-Tokenizer-16384-Pretrain/IBQ_pretrain_16384.ckpt', 16, 16_384, 443.9],
    ['IBQ 262144 Pretrain', 'TencentARC/IBQ-Tokenizer-262144-Pretrain/IBQ_pretrain_262144.ckpt', 16, 262_144, 695.6],
  ),
  ...of(
    {
      ...{ family: 'LlamaGen', architecture: 'llamagen' },
      ...{ licence: { name: 'MIT', of: 'weights' }, unverified: ['place', 'licence'] },
    },
    ['VQ-8 (c2i)', 'FoundationVision/LlamaGen/vq_ds8_c2i.pt', 8, 16_384, 280.4],
    ['VQ-16 (c2i)', 'FoundationVision/LlamaGen/vq_ds16_c2i.pt', 16, 16_384, 287.5],
    ['VQ-16 (t2i)', 'peizesun/llamagen_t2i/vq_ds16_t2i.pt', 16, 16_384, 287.5],
  ),
  ...of({ family: 'MaskGIT', architecture: 'maskgit-vqgan', licence: APACHE_CODE }, [
    'MaskGIT-VQGAN ImageNet 256',
    'openMUSE/maskgit-vqgan-imagenet-f16-256',
    16,
    1024,
    218.1,
  ]),
  ...of({ family: 'MoVQ', architecture: 'movq', licence: APACHE_CODE }, [
    'open-muse MoVQ LAION',
    'openMUSE/movq-lion-high-res-f8-16384',
    8,
    16_384,
  ]),
  ...of(
    { ...magvit2, architecture: 'open-magvit2' },
    ['ImageNet 128', `${TENCENT}-128-resolution/imagenet_128_L.ckpt`, 8, 262_144, 448],
    ['Pretrain 16384', `${TENCENT}-16384-Pretrain/pretrain256_16384.ckpt`, 16, 16_384, 460.4],
    ['ImageNet 256', `${TENCENT}-256-resolution/imagenet_256_L.ckpt`, 16, 262_144, 460.5],
    ['Pretrain 262144', `${TENCENT}-262144-Pretrain/pretrain256_262144.ckpt`, 16, 262_144, 460.5],
  ),
  ...of({ ...magvit2, architecture: 'open-magvit2-video', frames: 4 }, [
    'Video 128',
    `${TENCENT}-262144-Video/video_128_262144.ckpt`,
    8,
    262_144,
    1482,
  ]),
  ...of({ family: 'Show-o', architecture: 'showo-magvitv2', licence: APACHE_CODE }, [
    'Show-o MAGVITv2',
    'showlab/magvitv2',
    16,
    8192,
    382,
  ]),
  ...of({ ...vqgan, licence: APACHE_CODE }, ['open-muse VQGAN LAION', 'openMUSE/vqgan-f16-8192-laion', 16, 8192]),
  ...of(
    { ...vqgan, unverified: ['place'] },
    ['vqgan_f16_16384 (boris)', 'boris/vqgan_f16_16384', 16, 16_384, 304.3],
    ['vqgan_imagenet_f16_16384 (Flax)', 'dalle-mini/vqgan_imagenet_f16_16384', 16, 16_384, 304.3],
    ['vqgan_f16_16384 (Flax)', 'flax-community/vqgan_f16_16384', 16, 16_384, 304.3],
  ),
];

/** `f16 · K 16,384`, as models here are described. */
export function publishedFacts({ reduction, frames, entries }: PublishedModel): string {
  return [`f${reduction}`, frames && `t${frames}`, `K ${number(entries)}`].filter(Boolean).join(' · ');
}
