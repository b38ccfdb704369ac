import type { InputVideoTrack } from 'mediabunny';
import type { ClipFacts } from '../../core/clip.ts';
import type { Remark } from '../opened-picture.ts';
import { bitDepthOf, codecName, internalWord } from './codec-names.ts';
import { timingOf } from './film-timing.ts';
import { SLACK } from './ticks.ts';

const CONTAINERS: Readonly<Record<string, string>> = {
  MP4: 'MP4',
  'QuickTime File Format': 'QuickTime',
  WebM: 'WebM',
  Matroska: 'Matroska',
};
/** Transfer curves of high dynamic range, as WebCodecs names them. */
const HIGH_RANGE: readonly string[] = ['pq', 'hlg'];
/** Above this side (pixels) it is worth a word that frames are reduced. */
const WIDE = 4096;

export interface FilmFacts {
  readonly facts: ClipFacts;
  readonly remarks: readonly Remark[];
  /** When the first frame begins by the file's own clock, seconds. */
  readonly first: number;
  /** A tick so little before a frame still shows it. Seconds. */
  readonly slack: number;
}

/** Reads what the index of a film tells, and looks at the times of its first frames; decodes nothing. */
export async function factsOf(track: InputVideoTrack, file: Blob, name: string): Promise<FilmFacts> {
  const container = CONTAINERS[(await track.input.getFormat()).name] ?? 'MPEG-TS';
  const { first, steady, late, cutOff, ...timing } = await timingOf(track, file, name, container);
  const bitDepth = bitDepthOf((await track.getCodecParameterString()) ?? '');
  const facts: ClipFacts = {
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    ...timing,
    codec: codecName((await track.getCodec()) ?? internalWord(await track.getInternalCodecId())),
    container,
    ...(bitDepth ? { bitDepth } : {}),
  };
  const { transfer } = await track.getColorSpace();
  const remarks = remarksOf(facts, name, { steady, cutOff, hdr: HIGH_RANGE.includes(transfer ?? '') });
  return { facts, remarks, first, slack: SLACK + late };
}

function remarksOf(facts: ClipFacts, name: string, { steady, cutOff, hdr }: { steady: boolean; cutOff: boolean; hdr: boolean }) {
  const { width, height, bitDepth = 8, duration } = facts;
  const remarks: Remark[] = [];
  const tell = (what: string, parameters: Remark['parameters'] = {}) =>
    remarks.push({ text: `sources.notice.${what}`, parameters: { name, ...parameters } });
  if (cutOff) tell('clipCut', { seconds: duration.toFixed(1) });
  if (!steady) tell('clipVarying');
  if (hdr) tell('clipHdr');
  else if (bitDepth > 8) tell('clipDeep', { bits: bitDepth });
  if (Math.max(width, height) > WIDE) tell('clipLarge', { width, height });
  return remarks;
}
