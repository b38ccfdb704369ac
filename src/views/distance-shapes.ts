/** For each of `columns` equal parts of the row, its smallest value: many entries share a pixel, the nearest counts. */
export function columnMinima(distances: ArrayLike<number>, columns: number): Float64Array {
  const count = Math.max(1, Math.min(columns, distances.length));
  const minima = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < distances.length; i++) {
    const column = Math.floor((i * count) / distances.length);
    if (distances[i]! < minima[column]!) minima[column] = distances[i]!;
  }
  return minima;
}

export interface Histogram {
  readonly least: number;
  readonly most: number;
  readonly counts: Uint32Array;
}

export function histogramOf(values: ArrayLike<number>, bins: number): Histogram {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  const counts = new Uint32Array(bins);
  const scale = bins / (most - least || 1);
  for (let i = 0; i < values.length; i++) counts[Math.min(bins - 1, Math.floor((values[i]! - least) * scale))]!++;
  return { least, most, counts };
}
