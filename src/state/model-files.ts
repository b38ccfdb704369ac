import { isOnnxWeights } from '../core/onnx-weights.ts';
import { fileKind, HEAD_BYTES } from '../media/file-kind.ts';

/** Files that belong to a model rather than being looked at. */
export type ModelKind = 'folder' | 'onnx' | 'checkpoint' | 'zip';

/** Files that stand beside weights and mean nothing alone. */
const BESIDE = /^(config|.*\.index)\.json$|\.(data|ya?ml)$/i;

/** What a set of files is when it holds a model: told by its manifest, else by the files' first bytes. */
export async function modelKind(files: readonly File[]): Promise<ModelKind | undefined> {
  if (files.some(({ name }) => name === 'manifest.json')) return 'folder';
  const weights = files.filter(({ name }) => !BESIDE.test(name));
  // A large set is pictures: looking into each of them would take minutes.
  const kinds = await Promise.all(weights.slice(0, MOST_FILES).map(kindOf));
  // By the name too: a damaged one, or a pointer to one, is told about where ONNX files are.
  if (kinds.some(({ format }) => format === 'ONNX') || files.some(({ name }) => /\.onnx$/i.test(name))) return 'onnx';
  // Weights alone are told about there too.
  if (files.length > 0 && files.every(({ name }) => isOnnxWeights(name))) return 'onnx';
  if (files.length === 1 && kinds[0]?.format === 'ZIP') return 'zip';
  return kinds.length > 0 && kinds.every(({ family }) => family === 'model') ? 'checkpoint' : undefined;
}

/** A picture that lies beside a model; those of a whole folder belong to its pages. */
export async function pictureAmong(files: readonly File[]): Promise<File | undefined> {
  if (files.some(({ webkitRelativePath }) => webkitRelativePath)) return undefined;
  const kinds = await Promise.all(files.slice(0, MOST_FILES).map(kindOf));
  return files.find((_, i) => kinds[i]?.family === 'picture');
}

const MOST_FILES = 40;

async function kindOf(file: File) {
  return fileKind(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/** Whether an address is one of a model: by the file's ending, or a page of a model hub. */
export function isModelAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname, pathname } = new URL(address);
  if (/\.(safetensors|ckpt|pth?|bin|jit|msgpack|onnx)$|\/manifest\.json$/i.test(pathname)) return true;
  return /^(www\.)?(huggingface\.co|hf\.co|hf-mirror\.com)$/.test(hostname) && !/\.\w{2,5}$/.test(pathname);
}
