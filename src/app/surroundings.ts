import { TokenscopeError } from '../core/errors.ts';
import { place } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Quantizer } from '../core/quantizer.ts';
import { resample } from '../core/resample.ts';
import { cameraFrames } from '../media/camera.ts';
import { openClip } from '../media/clips/open-clip.ts';
import { fetchFile } from '../media/fetch-file.ts';
import { readFile } from '../media/read-file.ts';
import { clipSamples, samples } from '../media/samples.ts';
import { quantizers } from '../quantizers/index.ts';
import type { EntryFacts, Surroundings } from '../state/surroundings.ts';

/** What the page borrows from the engine's room; `main.tsx` hands it in. */
export interface EngineRoom {
  readonly catalog: Surroundings['catalog'];
  /** A tensor of a file of a model; undefined when it is not in there. Throws `model-corrupt`. */
  readTensor(file: Blob, name: string, tensor: string): Promise<ArrayLike<number> | undefined>;
  entryGeometry(quantizer: Quantizer): Float32Array;
}

/** The real surroundings of the playground: files, camera and network of this browser. */
export function pageSurroundings(room: EngineRoom): Surroundings {
  return {
    catalog: room.catalog,
    samples: [...samples, ...clipSamples],
    readFile,
    openSequence: openClip,
    fetchFile,
    cameraFrames,
    loadPicture,
    readEntries: (model) => readEntries(model, room),
  };
}

/** A picture of the page, framed by the same resampler as the engine's: the live run must not change the numbers. */
const loadPicture: Surroundings['loadPicture'] = async (address, framed): Promise<Picture> => {
  const bitmap = await createImageBitmap(await fetchFile(address), { colorSpaceConversion: 'none' });
  const { height, width } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new TokenscopeError('out-of-memory', { what: address });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const whole = { data: context.getImageData(0, 0, width, height).data, height, width };
  return framed ? resample(whole, place(whole, framed.framing, framed.size).from, framed.size.width, framed.size.height) : whole;
};

/** Entries of more numbers than this are the worker's to keep. */
const MOST_NUMBERS = 1 << 22;

async function readEntries({ manifest, files }: Surroundings['catalog'][number], room: EngineRoom): Promise<EntryFacts> {
  const { quantizer: settings, codebook: where } = manifest;
  const kind = quantizers[settings.kind];
  if (!kind) return { codebook: undefined, geometry: undefined };
  const table = where && (await readTable(files[where.file], where, room));
  const quantizer = kind.open(settings, table);
  const { codebookSize, entryDimension, entry } = quantizer;
  if (codebookSize * entryDimension > MOST_NUMBERS) return { codebook: undefined, geometry: undefined };
  const codebook = new Float32Array(codebookSize * entryDimension);
  for (let token = 0; token < codebookSize; token++) codebook.set(entry(token), token * entryDimension);
  return { codebook, geometry: room.entryGeometry(quantizer) };
}

async function readTable(given: Blob | string | undefined, where: { file: string; tensor: string }, room: EngineRoom) {
  if (given === undefined) throw new TokenscopeError('model-missing-file', { file: where.file });
  const file = typeof given === 'string' ? await fetchFile(given) : given;
  const values = await room.readTensor(file, where.file, where.tensor);
  return values && Float32Array.from(values);
}
