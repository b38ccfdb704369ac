import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type TensorToWrite, writeSafetensors } from '../convert/containers/safetensors.ts';
import type { CheckpointForm } from '../core/manifest.ts';
import { readNpy } from '../core/npy.ts';
import type { CheckResult, Provider } from '../engine/protocol.ts';
import { ROOT } from './project.ts';

/** Published architectures with random weights, as their authors store them, with their own code's results. */
const FIXTURES = join(ROOT, 'test/fixtures/published');
const RESULTS = /\.npy$|^expected\.json$/;

/** A published checkpoint, converted in the page and run on one provider, against its authors' own results. */
export interface PublishedRun {
  readonly architecture: string;
  readonly provider: Provider;
  /** Tokens that differ, and the largest difference of the reconstruction of the authors' tokens. */
  readonly check: CheckResult;
  /** From the files to a model folder. */
  readonly convertMs: number;
  /** Weights that stayed in the file, and weights that were laid out anew. Bytes. */
  readonly referred: number;
  readonly copied: number;
}

export function publishedFixtures(): string[] {
  return readdirSync(FIXTURES).filter((name) => !name.includes('.'));
}

/** Converts a fixture in the page that is open, and runs its authors' input and tokens through it. */
export function runPublished(page: Page, name: string, provider: Provider, form?: CheckpointForm): Promise<PublishedRun> {
  const folder = join(FIXTURES, name);
  const names = readdirSync(folder).filter((file) => !RESULTS.test(file));
  const files = names.map((file) => ({ name: file, base64: readFileSync(join(folder, file)).toString('base64') }));
  return page.evaluate(convertAndCheck, { files, check: Buffer.from(checkOf(folder)).toString('base64'), provider, form });
}

/** The authors' input, tokens and reconstruction as the check of a model. */
function checkOf(folder: string): Uint8Array {
  const read = (name: string) => readNpy(new Uint8Array(readFileSync(join(folder, `${name}.npy`))), name);
  const floats = (name: string): TensorToWrite => {
    const { shape, data } = read(name);
    return { dtype: 'F32', shape, data: Float32Array.from(data) };
  };
  const { shape, data } = read('tokens');
  const content = new Map<string, TensorToWrite>([
    ['input', floats('input')],
    ['reconstruction', floats('reconstruction')],
    ['tokens', { dtype: 'I32', shape, data: Int32Array.from(data) }],
  ]);
  return writeSafetensors(content).bytes;
}

/** Runs in the page: everything it needs is inside. */
async function convertAndCheck(given: {
  files: { name: string; base64: string }[];
  check: string;
  provider: Provider;
  form: CheckpointForm | undefined;
}): Promise<PublishedRun> {
  const { engine } = window.tokenscopeTest!.host;
  const { signal } = new AbortController();
  const blob = (base64: string) => new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
  const content = given.files.map(({ name, base64 }) => ({ name, content: blob(base64) }));
  const { manifest, files, report, milliseconds } = await engine.convert(
    content,
    given.form ? { form: given.form } : {},
    () => {},
    signal,
  );
  const file = blob(given.check);
  const check = {
    file: 'check.safetensors',
    input: 'input',
    tokens: 'tokens',
    reconstruction: 'reconstruction',
    tolerance: 1e-4,
  };
  const whole = { ...manifest, check, files: [...manifest.files, { name: check.file, bytes: file.size }] };
  const folder = { ...files, [check.file]: file, 'manifest.json': new Blob([JSON.stringify(whole)]) };
  const opened = await engine.openModel(folder, { provider: given.provider }, () => {}, signal);
  await engine.closeModel(opened.id);
  const { architecture } = manifest;
  const { referred, copied } = report;
  return { architecture, provider: opened.device.provider, check: opened.check!, convertMs: milliseconds, referred, copied };
}
