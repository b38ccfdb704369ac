import { DEFAULT_FRAMING } from '../core/framing.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';
import type { DiagnosisProgress, Parity, Proposal, Scaling } from '../core/proposal.ts';
import { scalingOf } from '../core/scaling.ts';
import type { ModelFiles, Provider } from '../engine/protocol.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { Actions } from './actions.ts';
import { answered, attempt } from './attempt.ts';
import { readManifest } from './models.ts';
import type { Parts } from './parts.ts';
import { findSlot } from './slots.ts';
import type { Result, Slot } from './store.ts';

type OnnxVerbs =
  | 'openFolder'
  | 'canReadAnew'
  | 'readAnew'
  | 'openOnnx'
  | 'closeOnnx'
  | 'proposeOnnx'
  | 'diagnoseOnnx'
  | 'openProposal'
  | 'packProposal';

/** The scaling doctor makes about two dozen runs: unasked only where one of them takes no longer than this, at its size. */
const UNASKED_MS = 800;
const DOCTOR_SIDE = 128;
/** Decibels by which another scaling must be better than the manifest's before anyone is told. */
const WORTH_TELLING = 0.5;

/** Samples that the scaling doctor looks at: many colours, and a face. */
const PHOTOS = ['parrots', 'face'];
const PHOTO_SIDE = 256;

/** Verbs about dropped ONNX files, up to the model made of them. */
export function onnxActions(
  parts: Parts,
  openModelFiles: (files: ModelFiles, provider?: 'wasm') => Promise<void>,
): Pick<Actions, OnnxVerbs> {
  const { store, engine, notices } = parts;
  let lastKey = 0;

  const diagnose = async (
    files: ModelFiles,
    provider: Provider | undefined,
    onProgress: (progress: DiagnosisProgress) => void,
    signal: AbortSignal,
  ) => {
    const photos = await loadPhotos(parts);
    signal.throwIfAborted();
    return engine.diagnoseScaling(files, photos, provider, onProgress, signal);
  };

  /** Whether another range of numbers than that of a visitor's manifest brings more back. */
  async function doubtScaling(files: ModelFiles, { key, manifest, result, model }: Slot): Promise<void> {
    const said = scalingOf(manifest.pixels);
    if (!said || !result?.source || !model || runMs(result) > UNASKED_MS) return;
    const { tried, sure } = await diagnose(files, model.device.provider, () => {}, new AbortController().signal);
    const [best] = tried;
    // Of each input the doctor keeps the output that suits it best, so the manifest's own stands here at its best.
    const own = tried.find(({ scaling }) => sameInput(scaling, said));
    if (!best || !own || !sure || !findSlot(store.getState(), key)) return;
    const { input, output, channels } = best.scaling;
    const gain = best.psnr - own.psnr;
    const parameters = { title: manifest.title, said: said.input, input, output, channels, gain: gain.toFixed(1) };
    if (gain >= WORTH_TELLING) notices.tellAnew('open.manifest', { text: 'open.manifest.input', parameters });
    else if (best === own && output !== said.output)
      notices.tellAnew('open.manifest', { text: 'open.manifest.output', parameters });
  }

  const showSheet = (files: Readonly<Record<string, Blob>>) => store.setState({ sheet: { key: ++lastKey, files } });

  return {
    openFolder: async (files) => {
      await openModelFiles(files);
      const { id } = await readManifest(files).catch(() => ({ id: undefined }));
      const slot = store.getState().slots.find(({ manifest, phase }) => manifest.id === id && phase === 'ready');
      // Nobody asked for it, so nobody is told when it fails.
      if (slot) doubtScaling(files, slot).catch(() => {});
    },
    canReadAnew: (slot) => graphFilesOf(parts, slot) !== undefined,
    readAnew: (slot) => {
      const files = graphFilesOf(parts, slot);
      if (files) showSheet(files);
    },
    openOnnx: showSheet,
    closeOnnx: () => store.setState({ sheet: undefined }),
    proposeOnnx: (files, corrections, onProgress, signal) =>
      answered(() => engine.proposeModel(files, corrections, onProgress, signal)),
    diagnoseOnnx: (proposal, onProgress, signal) =>
      answered(() => diagnose(folderOf(proposal, proposal.manifest), proposal.provider, onProgress, signal)),
    openProposal: async (proposal, manifest) => {
      const files = folderOf(proposal, manifest);
      await openModelFiles(files, proposal.provider);
      const slot = store.getState().slots.find((one) => one.manifest.id === manifest.id);
      if (slot?.phase === 'ready' && slot.model?.device.provider === 'webgpu') await tellParity(parts, files, manifest.title);
    },
    packProposal: (proposal, manifest) =>
      attempt(store, () => engine.packModel(folderOf(proposal, manifest), new AbortController().signal)),
  };
}

/** Graphs and what belongs to them, of a model that a visitor brought as files. */
function graphFilesOf({ store, models }: Parts, key: number): Readonly<Record<string, Blob>> | undefined {
  if (findSlot(store.getState(), key)?.manifest.conversion) return undefined;
  const files = Object.entries(models.filesOf(key) ?? {});
  const blobs = files.filter((file): file is [string, Blob] => file[1] instanceof Blob);
  if (files.length === 0 || blobs.length < files.length) return undefined;
  return Object.fromEntries(blobs.filter(([name]) => !/\.(json|md|webp)$/i.test(name)));
}

/** Encoder and decoder at the doctor's size, as fast as they were at the size they ran at. */
function runMs({ source, timings }: Result): number {
  if (!source || !timings) return Number.POSITIVE_INFINITY;
  return ((timings.encodeMs + (timings.decodeMs ?? 0)) * DOCTOR_SIDE ** 2) / (source.height * source.width);
}

function sameInput(a: Scaling, b: Scaling): boolean {
  return a.input === b.input && a.channels === b.channels;
}

/** The model's folder with the manifest as it was settled. */
function folderOf({ files }: Proposal, manifest: Manifest): ModelFiles {
  return { 'manifest.json': new Blob([JSON.stringify(manifest, undefined, 2)], { type: 'application/json' }), ...files };
}

/** The page's own photos; the doctor's card does without them. */
async function loadPhotos({ surroundings }: Parts): Promise<Picture[]> {
  const size = { height: PHOTO_SIDE, width: PHOTO_SIDE };
  const wanted = surroundings.samples.filter(({ id }) => PHOTOS.includes(id));
  const loaded = wanted.map(({ file }) =>
    surroundings.loadPicture(file, { framing: { ...DEFAULT_FRAMING, ...size }, size }).catch(() => undefined),
  );
  return (await Promise.all(loaded)).filter((photo) => photo !== undefined);
}

/** Both providers on the same card, once the model is open: a wrong kernel says nothing by itself. */
async function tellParity({ engine, notices }: Parts, files: ModelFiles, title: string): Promise<void> {
  const parity = await engine.compareProviders(files, new AbortController().signal).catch(() => undefined);
  if (parity?.compared) notices.tellAnew('open.parity', parityRemark(parity, title));
}

function parityRemark({ cells, different, reconstruction, latents, fault }: Parity, title: string): Remark {
  const parameters = {
    title,
    cells,
    different,
    reconstruction: reconstruction.toExponential(1),
    latents: (latents ?? 0).toExponential(1),
  };
  if (fault) return { text: `open.parity.${fault}`, parameters };
  return { text: latents === undefined ? 'open.parity.tokens' : 'open.parity.all', parameters };
}
