import { range } from './torch-layers.ts';

/** How Cosmos turns cells of pixels into channels: `patch_method` of its configuration. */
export type PatchMethod = 'haar' | 'rearrange';

/**
 * The linear map from cells of `axes.length` sides of `patch` (a power of two) to channels, as rows of weights: channel, then
 * colour, then the cell's positions. haar: log2(patch) passes of the Haar transform over all channels of the pass before, each
 * giving low and high halves along every axis, low = (even + odd)/2, high = (even − odd)/2, bands in the order of binary numbers
 * whose first axis counts most. rearrange: (colour, positions) as channels. `inverse` gives the weights of the way back in the
 * same order.
 */
export function patchFilters(patch: number, axes: number, method: PatchMethod, inverse: boolean): Float32Array {
  const cell = patch ** axes;
  const channels = 3 * cell;
  const filters = new Float32Array(channels * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let position = 0; position < cell; position++) {
      const colour = method === 'haar' ? channel % 3 : Math.floor(channel / cell);
      const at = channel * channels + colour * cell + position;
      if (method === 'rearrange') filters[at] = Number(channel % cell === position);
      else filters[at] = haarSign(Math.floor(channel / 3), position, patch, axes) / (inverse ? 1 : cell);
    }
  }
  return filters;
}

/** Sign of a position of the cell in a band: minus for each odd step within a high half. */
function haarSign(band: number, position: number, patch: number, axes: number): number {
  const passes = Math.log2(patch);
  let odd = 0;
  for (const axis of range(0, axes)) {
    const along = Math.floor(position / patch ** (axes - 1 - axis)) % patch;
    for (const pass of range(0, passes)) {
      // The first pass splits even from odd positions; its bands vary fastest among those of the later ones.
      const high = (band >> (pass * axes + axes - 1 - axis)) & 1;
      odd += high & (along >> pass) & 1;
    }
  }
  return odd % 2 === 0 ? 1 : -1;
}
