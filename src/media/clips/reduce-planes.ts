/** A rectangle of 8-bit samples in memory: its first byte, the bytes from row to row, and its size in samples. */
export interface Plane {
  readonly at: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Weights are counted in these parts of a sample: whole numbers are summed several times faster. */
const PARTS = 16;

/**
 * Reduces a plane by averaging: each sample of `to` is the mean of the area of `from` that it covers, edges counted by their
 * share (to a sixteenth). Both sides of `to` are at most those of `from`.
 */
export function reducePlane(source: Uint8Array, from: Plane, target: Uint8Array, to: Plane): void {
  const columns = edgesOf(from.width, to.width);
  const rows = edgesOf(from.height, to.height);
  const sums = new Int32Array(from.width);
  for (let y = 0; y < to.height; y++) {
    const [top, bottom] = [rows[y]!, rows[y + 1]!];
    sums.fill(0);
    // Down first: neighbouring samples lie side by side in memory.
    for (let row = top >> 4; row * PARTS < bottom; row++) {
      const share = Math.min((row + 1) * PARTS, bottom) - Math.max(row * PARTS, top);
      const start = from.at + row * from.stride;
      for (let x = 0; x < sums.length; x++) sums[x]! += share * source[start + x]!;
    }
    const out = to.at + y * to.stride;
    for (let x = 0; x < to.width; x++) {
      const [left, right] = [columns[x]!, columns[x + 1]!];
      target[out + x] = sumBetween(sums, left, right) / ((right - left) * (bottom - top)) + 0.5;
    }
  }
}

/** Where `to` equal parts of `from` samples begin and end, in parts of a sample. */
function edgesOf(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to + 1 }, (_, i) => Math.round((i * from * PARTS) / to));
}

/** The sum between two edges, times PARTS. The samples at both ends count by what lies inside. */
function sumBetween(sums: Int32Array, left: number, right: number): number {
  const [first, last] = [left >> 4, (right - 1) >> 4];
  let sum = 0;
  for (let i = first; i <= last; i++) sum += sums[i]!;
  return sum * PARTS - sums[first]! * (left - first * PARTS) - sums[last]! * ((last + 1) * PARTS - right);
}
