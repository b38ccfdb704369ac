import { TokenscopeError } from '../../core/errors.ts';
import { parseManifest } from '../../core/parse-manifest.ts';
import type { Picture } from '../../core/picture.ts';
import type { Corrections, Diagnosis, DiagnosisProgress, Parity, Proposal, ProposalProgress } from '../../core/proposal.ts';
import type { Model } from '../model.ts';
import { openModelSessions } from '../open-model.ts';
import type { ModelFiles, OnnxEngine, Provider } from '../protocol.ts';
import type { Queue } from '../queue.ts';
import type { Runtime } from '../runtime.ts';
import { diagnoseScaling } from './doctor.ts';
import type { RunJob } from './measure.ts';
import { packModel } from './pack.ts';
import { compareProviders } from './parity.ts';
import { proposeModel } from './propose.ts';
import { unpackZip } from './unpack.ts';

/** A run of a measurement may open a large graph and run it at a large size. */
const MEASURE_SECONDS = 300;

/** What the page can ask about dropped ONNX files; every run goes through the engine's queue. */
export function onnxVerbs(runtime: Promise<Runtime>, queue: Queue): OnnxEngine {
  // A run that has begun goes on to its end, so that what it opens can be given back.
  const jobs = (signal: AbortSignal): RunJob => {
    return (run, always = false, seconds = MEASURE_SECONDS) => {
      if (!always) signal.throwIfAborted();
      return queue.add({ run, seconds });
    };
  };

  async function withModel<T>(
    files: ModelFiles,
    provider: Provider,
    signal: AbortSignal,
    use: (model: Model) => Promise<T>,
  ): Promise<T> {
    const started = await runtime;
    const contents = await contentsOf(files);
    const model = await jobs(signal)(() => openModelSessions(contents, started, { provider, precision: 'float32' }));
    try {
      return await use(model);
    } finally {
      await jobs(signal)(() => model.release(), true);
    }
  }

  return {
    async proposeModel(
      files: Readonly<Record<string, Blob>>,
      corrections: Corrections,
      onProgress: (progress: ProposalProgress) => void,
      signal: AbortSignal,
    ): Promise<Proposal> {
      const started = await runtime;
      const { facts } = started;
      return proposeModel(files, { corrections, runtime: started, facts, job: jobs(signal), onProgress });
    },

    async diagnoseScaling(
      files: ModelFiles,
      photos: readonly Picture[],
      provider: Provider | undefined,
      onProgress: (progress: DiagnosisProgress) => void,
      signal: AbortSignal,
    ): Promise<Diagnosis> {
      const { facts } = await runtime;
      const options = { job: jobs(signal), onProgress };
      return withModel(files, provider ?? facts.provider, signal, (model) => diagnoseScaling(model, photos, options));
    },

    async compareProviders(files: ModelFiles, signal: AbortSignal): Promise<Parity> {
      const { facts } = await runtime;
      if (facts.provider === 'wasm') {
        return { compared: false, cells: 0, different: 0, latents: undefined, reconstruction: 0, fault: undefined };
      }
      return withModel(files, 'wasm', signal, (wasm) =>
        withModel(files, 'webgpu', signal, (gpu) => compareProviders(gpu, wasm, jobs(signal))),
      );
    },

    packModel: (files, signal) => packModel(files, signal),
    unpackZip,
  };
}

/** A model whose files are all at hand. */
async function contentsOf(files: ModelFiles) {
  const file = (name: string): Blob => {
    const content = files[name];
    if (!(content instanceof Blob)) throw new TokenscopeError('model-missing-file', { file: name });
    return content;
  };
  const manifest = parseManifest(JSON.parse(await file('manifest.json').text()));
  return { manifest, file };
}
