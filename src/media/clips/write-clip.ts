import type { EncodeGif, EncodeVideo } from './saved-clip.ts';

/**
 * Writes frames as MP4 (H.264) or WebM (VP9, AV1, VP8), whatever of these the browser encodes. Throws `clip-no-encoder` and
 * `clip-encode`; rejects as aborted.
 */
export const encodeVideo: EncodeVideo = async (frames, settings) => (await import('./write-film.ts')).writeFilm(frames, settings);

/** Writes frames as an animated GIF with one palette, undithered, in a worker. Throws `clip-encode`; rejects as aborted. */
export const encodeGif: EncodeGif = async (frames, settings) => (await import('./write-gif.ts')).writeGif(frames, settings);
