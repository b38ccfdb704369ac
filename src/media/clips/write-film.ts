import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
  type VideoCodec,
  WebMOutputFormat,
} from 'mediabunny';
import { isAbort, TokenscopeError } from '../../core/errors.ts';
import type { Remark } from '../opened-picture.ts';
import { codecName } from './codec-names.ts';
import { drawFrames, filmCanvas } from './film-frames.ts';
import type { EncodeVideo, FilmSettings, SavedClip } from './saved-clip.ts';

/** Reconstructions are judged by their detail, so films are large for their size: bits a pixel, and at least so many a second. */
const BITS_PER_PIXEL = 0.6;
const LEAST_BITS = 1_500_000;
/** Players seek to these; seconds. */
const KEY_FRAMES = 1;

type FilmOptions = FilmSettings & { readonly format: 'mp4' | 'webm' };

interface Plan {
  readonly codec: VideoCodec;
  readonly format: 'mp4' | 'webm';
  readonly width: number;
  readonly height: number;
}

/** See `encodeVideo`. */
export const writeFilm: EncodeVideo = async (frames, settings) => {
  const { rate, signal } = settings;
  signal?.throwIfAborted();
  const plan = await choosePlan(settings);
  const { canvas, context } = filmCanvas(plan.width, plan.height);
  const quality = qualityOf(settings);
  const source = new CanvasSource(canvas, { codec: plan.codec, quality, keyFrameInterval: KEY_FRAMES });
  const format = plan.format === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat();
  const output = new Output({ format, target: new BufferTarget() });
  output.addVideoTrack(source);
  try {
    await output.start();
    for await (const index of drawFrames(frames, context, settings)) {
      padEdges(context, settings, plan);
      await source.add(index / rate, 1 / rate);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => {});
    if (isAbort(error) || error instanceof TokenscopeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenscopeError('clip-encode', { format: plan.format.toUpperCase(), reason }, { cause: error });
  }
  return savedClip(output.target.buffer ?? new ArrayBuffer(0), plan, settings);
};

function qualityOf({ width, height, rate }: FilmOptions): Quality {
  return new Quality({ bitrate: Math.round(Math.max(LEAST_BITS, width * height * rate * BITS_PER_PIXEL)) });
}

/** What this browser can encode, of what is best played elsewhere. */
async function choosePlan(settings: FilmOptions): Promise<Plan> {
  const { width, height, rate, format } = settings;
  const even = { width: width + (width % 2), height: height + (height % 2) };
  const options = { ...even, frameRate: rate, quality: qualityOf(settings) };
  if (typeof VideoEncoder !== 'undefined') {
    if (format === 'mp4' && (await getFirstEncodableVideoCodec(['avc'], options))) return { codec: 'avc', format, ...even };
    const codec = await getFirstEncodableVideoCodec(['vp9', 'av1', 'vp8'], options);
    if (codec) return { codec, format: 'webm', ...even };
  }
  throw new TokenscopeError('clip-no-encoder', { format: format === 'mp4' ? 'MP4' : 'WebM' });
}

/** Colour is stored for every second pixel: the last column and row are repeated where a side is odd. */
function padEdges(context: OffscreenCanvasRenderingContext2D, { width, height }: FilmOptions, plan: Plan): void {
  const { canvas } = context;
  if (plan.width > width) context.drawImage(canvas, width - 1, 0, 1, height, width, 0, 1, height);
  if (plan.height > height) context.drawImage(canvas, 0, height - 1, plan.width, 1, 0, height, plan.width, 1);
}

function savedClip(bytes: ArrayBuffer, plan: Plan, settings: FilmOptions): SavedClip {
  const { width, height } = plan;
  const codec = codecName(plan.codec);
  const remarks: Remark[] = [];
  if (plan.format !== settings.format) remarks.push({ text: 'sources.notice.clipOtherFormat', parameters: { codec } });
  if (width !== settings.width || height !== settings.height) {
    remarks.push({ text: 'sources.notice.clipPadded', parameters: { width, height, codec } });
  }
  return { file: new Blob([bytes], { type: `video/${plan.format}` }), format: plan.format, codec, remarks };
}
