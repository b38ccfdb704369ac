import { asTokenscopeError, isAbort } from '../core/errors.ts';
import { DEFAULT_FRAMING } from '../core/framing.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';
import type { Parity, Proposal } from '../core/proposal.ts';
import type { ModelFiles } from '../engine/protocol.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { Actions } from './actions.ts';
import { attempt } from './attempt.ts';
import type { Parts } from './parts.ts';

type OnnxVerbs = 'openOnnx' | 'closeOnnx' | 'proposeOnnx' | 'diagnoseOnnx' | 'openProposal' | 'packProposal';

/** Samples that the scaling doctor looks at: many colours, and a face. */
const PHOTOS = ['parrots', 'face'];
const PHOTO_SIDE = 256;

/** Verbs about dropped ONNX files, up to the model made of them. */
export function onnxActions(
  parts: Parts,
  openModelFiles: (files: ModelFiles, provider?: 'wasm') => Promise<void>,
): Pick<Actions, OnnxVerbs> {
  const { store, engine } = parts;
  let lastKey = 0;

  /** Failures are the sheet's to show; an abort is silence. */
  async function answered<T>(work: () => Promise<T>) {
    try {
      return { value: await work() };
    } catch (error) {
      return isAbort(error) ? undefined : { failed: asTokenscopeError(error) };
    }
  }

  return {
    openOnnx: (files) => store.setState({ sheet: { key: ++lastKey, files } }),
    closeOnnx: () => store.setState({ sheet: undefined }),
    proposeOnnx: (files, corrections, onProgress, signal) =>
      answered(() => engine.proposeModel(files, corrections, onProgress, signal)),
    diagnoseOnnx: (proposal, onProgress, signal) =>
      answered(async () => {
        const photos = await loadPhotos(parts);
        signal.throwIfAborted();
        return engine.diagnoseScaling(folderOf(proposal, proposal.manifest), photos, proposal.provider, onProgress, signal);
      }),
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
