import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../../src/core/errors.ts';
import { parseAddress } from '../../../src/engine/remote/address.ts';
import { groupFiles } from '../../../src/engine/remote/choices.ts';

const hub = { kind: 'hub', origin: 'https://huggingface.co', repository: 'owner/name', revision: 'main', path: '' };

describe('addresses', () => {
  it.each<[string, object]>([
    ['owner/name', hub],
    [' owner/name/ ', hub],
    ['FoundationVision/LlamaGen', { ...hub, repository: 'FoundationVision/LlamaGen' }],
    ['nvidia/Cosmos-0.1-Tokenizer-DI8x8', { ...hub, repository: 'nvidia/Cosmos-0.1-Tokenizer-DI8x8' }],
    ['owner/name/vqvae', { ...hub, path: 'vqvae' }],
    ['https://huggingface.co/owner/name', hub],
    ['huggingface.co/owner/name', hub],
    ['https://hf.co/owner/name?library=diffusers', hub],
    ['https://hf-mirror.com/owner/name', { ...hub, origin: 'https://hf-mirror.com' }],
    ['https://huggingface.co/owner/name/tree/main', hub],
    ['https://huggingface.co/owner/name/tree/v1.0/vqvae', { ...hub, revision: 'v1.0', path: 'vqvae' }],
    ['https://huggingface.co/owner/name/tree/refs%2Fpr%2F3', { ...hub, revision: 'refs/pr/3' }],
    ['https://huggingface.co/owner/name/blob/main/a%20b/model.ckpt', { ...hub, path: 'a b/model.ckpt' }],
    ['https://huggingface.co/owner/name/resolve/main/model.ckpt?download=true', { ...hub, path: 'model.ckpt' }],
    ['https://example.com/a%20b/model.ckpt?token=1', { kind: 'link', url: 'https://example.com/a%20b/model.ckpt?token=1' }],
    ['example.com/files/model.ckpt', { kind: 'link', url: 'https://example.com/files/model.ckpt' }],
    ['http://localhost:8000/model.ckpt', { kind: 'link', url: 'http://localhost:8000/model.ckpt' }],
    [
      'https://github.com/owner/name/blob/main/weights/vq.pt',
      { kind: 'link', url: 'https://raw.githubusercontent.com/owner/name/main/weights/vq.pt' },
    ],
    [
      'https://huggingface.co/datasets/owner/name/blob/main/vq.pt',
      { kind: 'link', url: 'https://huggingface.co/datasets/owner/name/resolve/main/vq.pt' },
    ],
  ])('%s is understood', (address, expected) => expect(parseAddress(address)).toEqual(expected));

  it.each([
    '',
    'name',
    'two words',
    'http://example.com/model.ckpt',
    'ftp://example.com/model.ckpt',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://user:secret@example.com/model.ckpt',
    'https://huggingface.co/owner',
    'https://huggingface.co/spaces/owner/name',
    '../..',
    'owner/..',
  ])('%j is refused by name', (address) => {
    expect(() => parseAddress(address)).toThrowError(TokenscopeError);
    expect(() => parseAddress(address)).toThrowError(/remote-address/);
  });
});

function titles(...paths: string[]): string[] {
  return groupFiles(paths.map((path) => ({ path }))).map(({ title }) => title);
}

describe('files of a repository', () => {
  it('are weights with what belongs to them, the tokenizer before the rest', () => {
    const paths = [
      'README.md',
      'model_index.json',
      'scheduler/scheduler_config.json',
      'unet/config.json',
      'unet/diffusion_pytorch_model.safetensors',
      'unet/diffusion_pytorch_model.bin',
      'vqvae/config.json',
      'vqvae/diffusion_pytorch_model.bin',
      'vqvae/diffusion_pytorch_model.safetensors',
    ];
    const groups = groupFiles(paths.map((path) => ({ path, bytes: 5 })));
    expect(groups.map(({ title }) => title)).toEqual([
      'vqvae/diffusion_pytorch_model.safetensors',
      'unet/diffusion_pytorch_model.safetensors',
    ]);
    expect(groups[0]).toMatchObject({
      kind: 'checkpoint',
      files: [
        { path: 'vqvae/diffusion_pytorch_model.safetensors', bytes: 5 },
        { path: 'vqvae/config.json', bytes: 5 },
      ],
    });
  });

  it('are two where encoder and decoder are apart', () => {
    expect(titles('config.json', 'autoencoder.jit', 'decoder.jit', 'encoder.jit')).toEqual([
      'encoder + decoder.jit',
      'autoencoder.jit',
    ]);
    expect(groupFiles([{ path: 'encoder.jit' }, { path: 'decoder.jit' }])[0]!.files).toHaveLength(2);
  });

  it('are many where the weights are in shards', () => {
    const paths = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'];
    expect(groupFiles(paths.map((path) => ({ path })))).toMatchObject([
      { title: 'model.safetensors', files: paths.map((path) => ({ path })) },
    ]);
  });

  it('are graphs with what they keep beside them, in each precision', () => {
    const paths = [
      'onnx/encoder.onnx',
      'onnx/encoder.onnx_data',
      'onnx/decoder.onnx',
      'onnx/encoder_fp16.onnx',
      'onnx/decoder_fp16.onnx',
      'onnx/notes.txt',
    ];
    const groups = groupFiles(paths.map((path) => ({ path })));
    expect(groups.map(({ title, files }) => [title, files.length])).toEqual([
      ['onnx/*.onnx', 3],
      ['onnx/*_fp16.onnx', 2],
    ]);
    expect(groupFiles([{ path: 'm/manifest.json' }, { path: 'm/encoder.onnx' }])).toMatchObject([
      { kind: 'folder', title: 'm/' },
    ]);
  });

  it('are graphs in folders of their own, and the codebook that was left out of them', () => {
    const paths = ['vae_decoder/model.onnx', 'vae_encoder/model.onnx', 'vae_encoder/model.onnx_data', 'text_encoder/model.onnx'];
    expect(groupFiles(paths.map((path) => ({ path }))).map(({ title, files }) => [title, files.length])).toEqual([
      ['vae_encoder + decoder/*.onnx', 3],
      ['text_encoder/model.onnx', 1],
    ]);
    const pair = ['encoder.onnx', 'decoder.onnx', 'codebook.npy'];
    expect(groupFiles(pair.map((path) => ({ path })))[0]!.files).toHaveLength(3);
  });

  it('leave out what training leaves behind', () => {
    expect(titles('optimizer.pt', 'scheduler.pt', 'training_args.bin', 'rng_state_0.pth', 'vq_ds16_c2i.pt')).toEqual([
      'vq_ds16_c2i.pt',
    ]);
  });
});
