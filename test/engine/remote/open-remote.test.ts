import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../../src/core/errors.ts';
import { keepCheckpoints } from '../../../src/engine/convert-files.ts';
import type { FolderStore } from '../../../src/engine/folder-store.ts';
import type { Loaded, RemoteChoice } from '../../../src/engine/protocol.ts';
import { fetchFiles } from '../../../src/engine/remote/facts.ts';
import { lookUpModel } from '../../../src/engine/remote/look-up.ts';
import { fakeNetwork } from './fake-network.ts';

const never = new AbortController().signal;
const HUB = 'https://huggingface.co';
const fixture = (name: string) => new Blob([readFileSync(`test/fixtures/published/${name}`)]);

/** Folders and pieces in memory, as the private file system keeps them. */
function memoryFolders(): FolderStore & {
  kept: Map<string, Readonly<Record<string, Blob>>>;
  pieces_: Map<string, Map<string, Blob>>;
} {
  const kept = new Map<string, Readonly<Record<string, Blob>>>();
  const pieces_ = new Map<string, Map<string, Blob>>();
  const stored = (name: string) => {
    const own = pieces_.get(name)!;
    return {
      names: [...own.keys()],
      read: async (piece: string) => own.get(piece),
      write: async (piece: string, content: Blob) => void own.set(piece, content),
    };
  };
  return {
    kept,
    pieces_,
    keep: async (id, files) => void kept.set(id, files),
    folder: async (id) => kept.get(id),
    async pieces(name) {
      if (!pieces_.has(name)) pieces_.set(name, new Map());
      return stored(name);
    },
    begun: async (name) => (pieces_.has(name) ? stored(name) : undefined),
    list: async () => [],
    async delete(id) {
      kept.delete(id);
      pieces_.delete(id);
    },
  };
}

async function codeOf(work: () => Promise<unknown>): Promise<object | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof TokenscopeError) return { code: error.code, ...error.parameters };
    throw error;
  }
  return undefined;
}

describe('a repository of the hub', () => {
  const api = `${HUB}/api/models/owner/name`;
  const files = [
    { type: 'directory', path: 'vqvae', oid: 'x' },
    { type: 'file', path: 'vqvae/config.json', size: 500 },
    { type: 'file', path: 'vqvae/diffusion_pytorch_model.safetensors', size: 134, lfs: { size: 221_300_000, oid: 'y' } },
    { type: 'file', path: 'unet/diffusion_pytorch_model.bin', lfs: {} },
  ];

  it('is listed with its sizes and the licence of its card; no file is touched', async () => {
    const network = fakeNetwork({
      [`${api}/tree/main?recursive=true`]: files,
      [api]: { cardData: { license: 'openrail++' }, tags: ['license:mit'] },
    });
    const found = await lookUpModel('owner/name', { fetch: network.fetch, signal: never });
    expect(found).toMatchObject({
      host: 'huggingface.co',
      repository: 'owner/name',
      page: `${HUB}/owner/name`,
      licence: 'openrail++',
    });
    expect(found.choices[0]).toEqual({
      kind: 'checkpoint',
      id: 'owner-name-vqvae',
      title: 'vqvae/diffusion_pytorch_model.safetensors',
      files: [
        {
          name: 'name/vqvae/diffusion_pytorch_model.safetensors',
          url: `${HUB}/owner/name/resolve/main/vqvae/diffusion_pytorch_model.safetensors`,
          bytes: 221_300_000,
        },
        { name: 'name/vqvae/config.json', url: `${HUB}/owner/name/resolve/main/vqvae/config.json`, bytes: 500 },
      ],
    });
    expect(found.choices[1]!.files[0]).not.toHaveProperty('bytes');
    expect(network.asked).toEqual([`GET ${api}/tree/main?recursive=true`, `GET ${api}`]);
  });

  it('may be a file or folder in it, a list of several pages, and without a card', async () => {
    const tree = `${api}/tree/v1?recursive=true`;
    const next = `${tree}&cursor=abc`;
    const link = (url: string) => ({ headers: { link: `<${url}>; rel="next"` } });
    const network = fakeNetwork({
      [tree]: { content: new Blob([JSON.stringify(files)]), ...link(next) },
      [next]: {
        content: new Blob([JSON.stringify([{ path: 'other/vq.pt', size: 9 }, null, { size: 3 }])]),
        ...link('https://elsewhere.com/'),
      },
    });
    const look = async (address: string) => (await lookUpModel(address, { fetch: network.fetch, signal: never })).choices;
    expect(await look(`${HUB}/owner/name/blob/v1/other/vq.pt`)).toMatchObject([
      { id: 'owner-name-other-vq-v1', files: [{ bytes: 9 }] },
    ]);
    expect(await look(`${HUB}/owner/name/tree/v1/unet`)).toMatchObject([{ title: 'unet/diffusion_pytorch_model.bin' }]);
    expect(await look(`${HUB}/owner/name/tree/v1`)).toHaveLength(3);
    expect(network.asked.some((request) => request.includes('elsewhere'))).toBe(false);
  });

  it.each<[string, Response | Error, object]>([
    ['closed', new Response('{}', { status: 401 }), { code: 'remote-refused', repository: 'owner/name', status: 401 }],
    ['another page', new Response('<html>'), { code: 'model-web-page', file: 'owner/name' }],
    ['empty', new Response('[]'), { code: 'remote-nothing', repository: 'owner/name' }],
    ['no list', new Response('{"siblings":1}'), { code: 'model-web-page', file: 'owner/name' }],
    ['out of reach', new TypeError('Failed to fetch'), { code: 'model-offline', file: 'owner/name' }],
  ])('that is %s is told about', async (_, answer, expected) => {
    const network = fakeNetwork({});
    network.trouble = () => (answer instanceof Response ? answer.clone() : answer);
    expect(await codeOf(() => lookUpModel('owner/name', { fetch: network.fetch, signal: never }))).toEqual(expected);
  });
});

const url = 'https://models.example/vq/model.ckpt';
const choice: RemoteChoice = { kind: 'checkpoint', id: 'a-model', title: 'model.ckpt', files: [{ name: 'model.ckpt', url }] };
const asked = [{ name: 'model.ckpt', content: url }];
const identity = { id: 'a-model', title: 'A model', licence: 'MIT', repository: 'https://models.example/vq' };

describe('a checkpoint on a server', () => {
  it('is looked at by its head; its tensors are fetched when that was agreed to, and the folder is kept', async () => {
    const content = fixture('taming_vqgan_zip/model.ckpt');
    const network = fakeNetwork({ [url]: content });
    const folders = memoryFolders();
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders });

    const facts = await checkpoints.inspect(choice, never);
    expect(facts).toMatchObject({ bytes: content.size, whole: false, architecture: 'taming-vqgan' });
    const before = network.sent();
    expect(before).toBeLessThan(300_000);
    expect(folders.pieces_.size).toBe(0);

    const progress: Loaded[] = [];
    const converted = await checkpoints.convert(asked, { identity }, (now) => void progress.push(now), never);
    expect(converted.manifest).toMatchObject({ id: 'a-model', title: 'A model', source: { licence: 'MIT' } });
    // What was announced is what came, but for the gaps between pieces that were fetched as one.
    expect(network.sent() - before).toBeLessThan(facts.wanted + 100_000);
    expect(converted.report.referred).toBeGreaterThan(0.9 * facts.wanted);
    expect(progress.at(-1)!.loaded).toBeGreaterThan(0.5 * facts.wanted);
    expect(progress.every(({ loaded, total }) => loaded <= total)).toBe(true);
    await expect.poll(() => folders.kept.has('a-model')).toBe(true);
    expect(Object.keys(folders.kept.get('a-model')!).sort()).toEqual(Object.keys(converted.files).sort());
    await expect.poll(() => folders.pieces_.size).toBe(0);
  });

  it('that breaks off goes on where it stopped', async () => {
    const content = fixture('taming_vqgan_zip/model.ckpt');
    const network = fakeNetwork({ [url]: content });
    const folders = memoryFolders();
    const checkpoints = () => keepCheckpoints({ fetch: network.fetch, folders });
    const plain = await checkpoints().convert(asked, {}, () => {}, never);
    const all = network.sent();
    for (const id of [...folders.kept.keys()]) await folders.delete(id);

    let large = 0;
    network.trouble = (_, range) => {
      const [from = 0, to = 0] = (range?.match(/\d+/g) ?? []).map(Number);
      return to - from > 70_000 && ++large > 2 ? new Response('gone', { status: 403 }) : undefined;
    };
    expect(await codeOf(() => checkpoints().convert(asked, {}, () => {}, never))).toMatchObject({
      code: 'model-http',
      status: 403,
    });
    await expect.poll(() => folders.pieces_.size).toBe(1);
    network.trouble = undefined;
    const before = network.sent();
    const again = await checkpoints().convert(asked, {}, () => {}, never);
    expect(network.sent() - before).toBeLessThan(all - 70_000);
    for (const [name, file] of Object.entries(plain.files)) {
      expect(Buffer.from(await again.files[name]!.arrayBuffer()).equals(Buffer.from(await file.arrayBuffer())), name).toBe(true);
    }
  });

  it('may come whole only: that is said first, and done when agreed', async () => {
    const content = fixture('taming_vqgan_zip/model.ckpt');
    const network = fakeNetwork({ [url]: { content, ranges: false } });
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
    const facts = await checkpoints.inspect(choice, never);
    expect(facts).toEqual({ bytes: content.size, wanted: content.size, whole: true });
    expect(await codeOf(() => checkpoints.convert(asked, {}, () => {}, never))).toMatchObject({
      code: 'checkpoint-whole-download',
    });
    const progress: Loaded[] = [];
    const whole = asked.map((file) => ({ ...file, whole: true }));
    const { manifest } = await checkpoints.convert(whole, { identity }, (now) => void progress.push(now), never);
    expect(manifest.architecture).toBe('taming-vqgan');
    expect(progress.at(-1)).toEqual({ loaded: content.size, total: content.size });
  });

  it('that is no tokenizer is told before anything is fetched', async () => {
    const header = JSON.stringify({
      'model.diffusion_model.input_blocks.0.0.weight': { dtype: 'F32', shape: [1000, 1000], data_offsets: [0, 4_000_000] },
    });
    const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
    const content = new Blob([length, header, new Uint8Array(4_000_000)]);
    const network = fakeNetwork({ [url]: content });
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
    expect(await codeOf(() => checkpoints.inspect(choice, never))).toMatchObject({
      code: 'checkpoint-unrecognised',
      looks: 'diffusion',
    });
    expect(network.sent()).toBe(65_536);
  });

  it('is left when the visitor leaves', async () => {
    const network = fakeNetwork({ [url]: fixture('taming_vqgan_zip/model.ckpt') });
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
    await checkpoints.inspect(choice, never);
    const leaving = new AbortController();
    network.trouble = () => void leaving.abort();
    await expect(checkpoints.convert(asked, {}, () => {}, leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
    network.trouble = undefined;
    expect((await checkpoints.convert(asked, {}, () => {}, never)).manifest.architecture).toBe('taming-vqgan');
  });

  it('may lie beside its settings', async () => {
    const names = ['autoencoder.jit', 'config.json'];
    const at = (name: string) => `https://models.example/cosmos/${name}`;
    const network = fakeNetwork(Object.fromEntries(names.map((name) => [at(name), fixture(`cosmos_di_jit/${name}`)])));
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
    const files = names.map((name) => ({ name, url: at(name) }));
    const facts = await checkpoints.inspect({ ...choice, files }, never);
    expect(facts.architecture).toBe('cosmos-di');
    const { manifest } = await checkpoints.convert(
      files.map(({ name, url: content }) => ({ name, content })),
      { identity },
      () => {},
      never,
    );
    expect(manifest.architecture).toBe('cosmos-di');
  });
});

it('a file that tells what it is only by its folder keeps that; settings need no server of ranges', async () => {
  const address = 'https://models.example/Cosmos-0.1-Tokenizer-DV4x8x8/autoencoder.jit';
  const { choices } = await lookUpModel(address, { fetch: fakeNetwork({}).fetch, signal: never });
  expect(choices[0]).toMatchObject({ files: [{ name: 'Cosmos-0.1-Tokenizer-DV4x8x8/autoencoder.jit' }] });
  expect(choices[0]!.id).toMatch(/^cosmos-0-1-tokenizer-dv4x8x8-autoencoder-[0-9a-f]{8}$/);

  const config = `${address}/config.json`;
  const network = fakeNetwork({
    [address]: fixture('cosmos_di_jit/autoencoder.jit'),
    [config]: { content: fixture('cosmos_di_jit/config.json'), ranges: false },
  });
  const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
  const files = [...choices[0]!.files, { name: 'x/config.json', url: config }];
  expect(await checkpoints.inspect({ ...choices[0]!, files }, never)).toMatchObject({ whole: false, architecture: 'cosmos-di' });
});

describe('other files on a server', () => {
  it('ONNX graphs come whole, with the sum of their sizes said before', async () => {
    const files = ['e.onnx', 'd.onnx'].map((name) => ({ name, url: `https://models.example/${name}` }));
    const network = fakeNetwork({
      [files[0]!.url]: new Blob(['encoder']),
      [files[1]!.url]: { content: new Blob(['dec']), ranges: false },
    });
    const checkpoints = keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() });
    expect(await checkpoints.inspect({ kind: 'onnx', id: 'x', title: 'x', files }, never)).toEqual({
      bytes: 10,
      wanted: 10,
      whole: true,
    });
    const fetched = await fetchFiles(files, () => {}, { fetch: network.fetch, signal: never });
    expect(await fetched['e.onnx']!.text()).toBe('encoder');
  });

  it('a link to one graph brings what its exporter put beside it, and no page that stands for a missing file', async () => {
    const at = (name: string) => `https://models.example/vq/${name}`;
    const page = { content: new Blob(['<html>']), headers: { 'content-type': 'text/html' } };
    const part = new Blob(['part']);
    const network = fakeNetwork({
      [at('Encoder.onnx')]: part,
      [at('Encoder.onnx.data')]: part,
      [at('decoder.onnx')]: part,
      [at('decoder.onnx_data')]: page,
    });
    const { choices } = await lookUpModel(at('Encoder.onnx'), { fetch: network.fetch, signal: never });
    expect(choices[0]!.files.map(({ name }) => name)).toEqual(['Encoder.onnx', 'Encoder.onnx.data', 'decoder.onnx']);
    // Nothing but first bytes before anybody agreed.
    expect(network.asked.every((asked) => asked.endsWith('bytes=0-0'))).toBe(true);
  });

  it('a model folder is opened by its manifest', async () => {
    const manifest = JSON.parse(readFileSync('models/vqvae-f8/manifest.json', 'utf8'));
    const address = 'https://models.example/vqvae-f8/manifest.json';
    const network = fakeNetwork({ [address]: manifest });
    const { choices } = await lookUpModel(address, { fetch: network.fetch, signal: never });
    expect(network.asked).toEqual([]);
    const facts = await keepCheckpoints({ fetch: network.fetch, folders: memoryFolders() }).inspect(choices[0]!, never);
    expect(facts.folder?.files[manifest.files[0].name]).toBe(`https://models.example/vqvae-f8/${manifest.files[0].name}`);
    expect(facts.bytes).toBeGreaterThan(1e5);
  });
});
