/** Page → worker: frames one after another, then that it was the last. */
export type ToGifWorker =
  | { readonly kind: 'frame'; readonly pixels: Uint8ClampedArray<ArrayBuffer>; readonly delay: number }
  | { readonly kind: 'finish'; readonly width: number; readonly height: number };

/** Worker → page: a frame was taken; the share that is written; the file; what went wrong. */
export type FromGifWorker =
  | { readonly kind: 'taken' }
  | { readonly kind: 'written'; readonly share: number }
  | { readonly kind: 'file'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly reason: string };
