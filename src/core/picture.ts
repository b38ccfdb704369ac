/** One picture as it is drawn: 8-bit RGBA, row by row, alpha 255. What models are fed from, metrics measure and views show. */
export interface Picture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}
