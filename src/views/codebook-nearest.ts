/**
 * The `count` entries nearest to one by squared distance, itself left out; ascending, the lower index first in a tie.
 * `codebook` is K × `dimension`, row by row. For while no engine runs: it knows the model's own measure, this does not.
 */
export function nearestEntries(
  codebook: Float32Array,
  dimension: number,
  entry: number,
  count: number,
): { readonly entries: Int32Array; readonly distances: Float32Array } {
  const size = codebook.length / dimension;
  const found: { readonly entry: number; readonly distance: number }[] = [];
  for (let other = 0; other < size; other++) {
    if (other === entry) continue;
    const distance = squaredDistance(codebook, entry * dimension, other * dimension, dimension);
    if (found.length === count && distance >= found[count - 1]!.distance) continue;
    const place = found.findIndex((known) => known.distance > distance);
    found.splice(place < 0 ? found.length : place, 0, { entry: other, distance });
    if (found.length > count) found.pop();
  }
  return {
    entries: Int32Array.from(found, (one) => one.entry),
    distances: Float32Array.from(found, (one) => one.distance),
  };
}

function squaredDistance(values: Float32Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (values[a + i]! - values[b + i]!) ** 2;
  return sum;
}
