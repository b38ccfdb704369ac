import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Manifest, PixelSettings } from '../../core/manifest.ts';
import type { Proposal, Scaling } from '../../core/proposal.ts';
import { pixelsOf } from '../../core/scaling.ts';
import { diagnoseScaling, LEAST } from '../../engine/onnx/doctor.ts';
import { proposeModel } from '../../engine/onnx/propose.ts';
import { openModelSessions } from '../../engine/open-model.ts';
import type { Runtime } from '../../engine/runtime.ts';
import { writeFolder } from './folder.ts';
import { startRuntime } from './node-model.ts';

export interface OnnxWishes extends Partial<Pick<Manifest, 'title'>> {
  readonly out: string;
  readonly id: string;
  readonly licence: string;
  /** Who knows the scaling need not have it tried. */
  readonly scaling: Scaling | undefined;
}

const USUAL: Scaling = { input: 'minus-one-one', output: 'minus-one-one', channels: 'rgb' };
const job = <T>(run: () => Promise<T>) => run();

/** Graphs and what lies beside them become a model folder: what they are is found by running them, their scaling by trying. */
export async function convertOnnx(paths: readonly string[], { out, id, title, licence, scaling }: OnnxWishes): Promise<number> {
  const runtime = startRuntime();
  const { facts } = runtime;
  const files = Object.fromEntries(namesOf(paths).map(([name, path]) => [name, new Blob([readFile(path)])]));
  const proposal = await proposeModel(files, { corrections: {}, runtime, facts, job, onProgress: () => {} });
  const found = scaling ? { pixels: pixelsOf(scaling), said: 'as you said' } : await tryScalings(proposal, runtime);
  const source = { licence };
  const manifest = { ...proposal.manifest, id, title: title ?? proposal.manifest.title, source, pixels: found.pixels };
  await writeFolder(out, { manifest, files: new Map(Object.entries(proposal.files)) });
  process.stdout.write(`${out}: ${describe(proposal)}; pixels ${found.said}\n`);
  return 0;
}

function readFile(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    throw new Error(`${path} cannot be opened.`);
  }
}

/** Files by their names; two of one name (encoder/model.onnx, decoder/model.onnx) by their folders too. */
function namesOf(paths: readonly string[]): (readonly [name: string, path: string])[] {
  const plain = new Set(paths.map((path) => basename(path))).size === paths.length;
  return paths.map((path) => [plain ? basename(path) : `${basename(dirname(path))}/${basename(path)}`, path]);
}

async function tryScalings({ manifest, files }: Proposal, runtime: Runtime): Promise<{ pixels: PixelSettings; said: string }> {
  const contents = { manifest, file: (name: string) => files[name]! };
  const model = await openModelSessions(contents, runtime, { provider: 'wasm', precision: 'float32' });
  try {
    const { tried, margin, sure } = await diagnoseScaling(model, [], { job, onProgress: () => {} });
    const [best] = tried;
    if (!best || best.psnr < LEAST)
      return { pixels: pixelsOf(USUAL), said: 'unsure: no scaling brings a picture back; --pixels says it' };
    const { input, output, channels } = best.scaling;
    const way = `${input === output ? input : `${input} → ${output}`} ${channels}`;
    const ahead = `${best.psnr.toFixed(1)} dB, ${margin.toFixed(1)} dB ahead of the next`;
    return { pixels: best.pixels, said: sure ? `${way} (${ahead})` : `unsure: ${way} (${ahead}); --pixels says it` };
  } finally {
    await model.release();
  }
}

function describe({ graphs, manifest }: Proposal): string {
  const { kind, codebookSize, entryDimension, bits, levels } = manifest.quantizer;
  const size =
    levels?.join(', ') ?? (bits === undefined ? [codebookSize, entryDimension].filter(Boolean).join(' × ') : `${bits} bits`);
  const roles = graphs.filter(({ role }) => role !== 'unused').map(({ file, role }) => `${file} as ${role}`);
  return `${roles.join(', ')}; ${kind} ${size}, ${manifest.size.reduction} × ${manifest.size.reduction} pixels to a token`;
}
