/** A file of a repository, as its list tells it. */
export interface ListedFile {
  readonly path: string;
  readonly bytes?: number;
}

/** Files that make one model. */
export interface Group {
  readonly kind: 'checkpoint' | 'onnx' | 'folder';
  /** What it is called: the file, or the folder of several. */
  readonly title: string;
  readonly files: readonly ListedFile[];
}

const WEIGHTS = /\.(safetensors|ckpt|pth?|bin|jit|msgpack|pkl)$/i;
/** Of those endings, what training leaves beside weights. */
const NO_WEIGHTS = /(^|[/_-])(optimizer|optim|scheduler|scaler|training_args|rng_state\w*|random_states\w*|discriminator)[^/]*$/i;
const SHARD = /-\d{5}-of-\d{5}(?=\.)/;
/** Where one set of weights is published in several containers: the first is read with the fewest requests. */
const CONTAINERS = ['safetensors', 'ckpt', 'pt', 'pth', 'bin', 'jit', 'pkl', 'msgpack'];
const MOST = 60;

/** What in a repository could be opened, the likeliest tokenizer first. */
export function groupFiles(files: readonly ListedFile[]): readonly Group[] {
  const folders = new Map<string, ListedFile[]>();
  for (const file of files) folders.set(folderOf(file.path), [...(folders.get(folderOf(file.path)) ?? []), file]);
  const groups = [...sides(folders)].flatMap(([folder, own]) => [...onnxGroups(folder, own), ...checkpointGroups(folder, own)]);
  return groups
    .map((group) => ({ group, score: score(group) }))
    .sort((a, b) => b.score - a.score || (a.group.title < b.group.title ? -1 : 1))
    .slice(0, MOST)
    .map(({ group }) => group);
}

function checkpointGroups(folder: string, files: readonly ListedFile[]): Group[] {
  const weights = files.filter(({ path }) => WEIGHTS.test(path) && !NO_WEIGHTS.test(path));
  const beside = files.filter(({ path }) => nameOf(path).toLowerCase() === 'config.json');
  const groups = new Map<string, ListedFile[]>();
  for (const file of oneContainer(weights)) {
    const key = keyOf(file.path);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups].map(([key, own]) => {
    const index = own.some(({ path }) => SHARD.test(path))
      ? files.filter(({ path }) => nameOf(path) === `${key}.index.json`)
      : [];
    const [first] = own;
    const title = own.length === 1 ? first!.path : within(folder, key);
    return { kind: 'checkpoint', title, files: [...own, ...index, ...beside] };
  });
}

/** Shards of one file belong together, and the halves of a tokenizer that is published as two. */
function keyOf(path: string): string {
  const name = nameOf(path).replace(SHARD, '');
  const half = /^(.*?)(encoder|decoder)(.*)$/i.exec(name);
  return half && !/autoencoder/i.test(name) ? `${half[1]}encoder + decoder${half[3]}` : name;
}

/** The same weights are often there twice or three times. */
function oneContainer(files: readonly ListedFile[]): ListedFile[] {
  const best = new Map<string, ListedFile>();
  for (const file of files) {
    const stem = nameOf(file.path)
      .replace(/\.\w+$/, '')
      .replace(/pytorch_model|flax_model/, 'model');
    const other = best.get(stem);
    if (!other || rank(file) < rank(other)) best.set(stem, file);
  }
  return [...best.values()];
}

function rank({ path }: ListedFile): number {
  return CONTAINERS.indexOf(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}

/** `vae_encoder/model.onnx` and `vae_decoder/model.onnx` are one model: such folders of graphs become one. */
function sides(folders: ReadonlyMap<string, readonly ListedFile[]>): ReadonlyMap<string, readonly ListedFile[]> {
  const joined = new Map<string, readonly ListedFile[]>();
  for (const [folder, files] of folders) {
    const half = /^(.*?)(encoder|decoder|quantizer)$/i.exec(folder);
    const graphs = files.some(({ path }) => /\.onnx$/i.test(path)) && !/text_encoder$/i.test(folder);
    const key = half && graphs ? `${half[1]}encoder + decoder` : folder;
    joined.set(key, [...(joined.get(key) ?? []), ...files]);
  }
  return joined;
}

/** Graphs with what they keep beside them; one that names its files is a folder of our own kind. */
function onnxGroups(folder: string, files: readonly ListedFile[]): Group[] {
  const graphs = files.filter(({ path }) => /\.onnx$/i.test(path));
  if (graphs.length === 0) return [];
  if (files.some(({ path }) => nameOf(path) === 'manifest.json')) return [{ kind: 'folder', title: `${folder || '.'}/`, files }];
  const sets = new Map<string, ListedFile[]>();
  for (const graph of graphs) {
    const variant = /[_-](fp16|int8|uint8|q4f16|q4|bnb4|quantized)\.onnx$/i.exec(graph.path)?.[1] ?? '';
    sets.set(variant, [...(sets.get(variant) ?? []), graph]);
  }
  return [...sets].map(([variant, own]) => {
    const names = own.map(({ path }) => path);
    const beside = files.filter(({ path }) => {
      return !/\.onnx$/i.test(path) && (CODEBOOK.test(path) || names.some((name) => belongs(path, name)));
    });
    const title = own.length === 1 ? own[0]!.path : within(folder, variant ? `*_${variant}.onnx` : '*.onnx');
    return { kind: 'onnx', title, files: [...own, ...beside] };
  });
}

/** Where the quantizer was left out of the graphs. */
const CODEBOOK = /(^|\/)[^/]*(codebook|embedding)[^/]*\.(npy|safetensors)$/i;

/** `model.onnx_data`, `model.onnx.data`, `model.data`. */
function belongs(path: string, graph: string): boolean {
  return path.startsWith(graph) || path === graph.replace(/\.onnx$/i, '.data');
}

function score({ kind, title, files }: Group): number {
  const path = files[0]!.path.toLowerCase();
  let points = kind === 'folder' ? 5 : 0;
  if (/vq|token|magvit|first_stage/.test(path)) points += 3;
  if (/(^|\/)(vae|vqvae|movq|vqgan|tokenizer)\//.test(path)) points += 4;
  if (/encoder \+ decoder/.test(title)) points += 2;
  if (/unet|text_encoder|text_model|prior|safety|transformer|lora|controlnet|gpt|_ar_|lm_/.test(path)) points -= 6;
  if (/fp16|int8|quantized|q4|ema/.test(path)) points -= 1;
  return points - 0.1 * path.split('/').length;
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function within(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}
