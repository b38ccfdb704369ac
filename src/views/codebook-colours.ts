import { useEffect, useMemo, useState } from 'react';
import { geometryColours, hashColour, rgb } from '../core/colour.ts';
import type { EntryPictures, Slot } from '../state/store.ts';
import { codebookSizeOf } from './codebook-facts.ts';

/** So many colours are made at once; more are made a slice a frame, so that the page never waits. */
const AT_ONCE = 4096;
const SLICE_MS = 6;
const UNKNOWN = rgb(136, 131, 122);

/**
 * A colour for every entry: the mean of its picture when all pictures are there, else its place in the codebook, else
 * a hash of its index. One kind for all entries, so that an order by colour does not shift while pictures arrive.
 */
export function useEntryColours(slot: Slot | undefined): Uint32Array {
  const size = slot ? codebookSizeOf(slot) : 0;
  const geometry = slot?.geometry;
  const pictures = slot?.entryPictures;
  const complete = pictures?.known.length === size && pictures.known.every((known) => known === 1) ? pictures : undefined;
  const sliced = useSlicedColours(geometry && geometry.length / 3 > AT_ONCE ? geometry : undefined);
  const data = complete?.data;
  return useMemo(() => {
    if (data) return pictureColours({ data, side: complete.side }, size);
    if (sliced) return sliced;
    return geometry ? geometryColours(geometry) : Uint32Array.from({ length: size }, (_, entry) => hashColour(entry));
  }, [data, complete?.side, geometry, sliced, size]);
}

/** Colours of many entries, made in the background: grey first, then all of them. */
function useSlicedColours(geometry: Float32Array | undefined): Uint32Array | undefined {
  const [made, setMade] = useState<{ readonly of: Float32Array; readonly colours: Uint32Array }>();
  useEffect(() => {
    if (!geometry) return;
    const size = geometry.length / 3;
    const colours = new Uint32Array(size);
    let done = 0;
    let frame = 0;
    const slice = () => {
      const end = performance.now() + SLICE_MS;
      while (done < size && performance.now() < end) {
        const next = Math.min(size, done + 256);
        colours.set(geometryColours(geometry.subarray(done * 3, next * 3)), done);
        done = next;
      }
      if (done < size) frame = requestAnimationFrame(slice);
      else setMade({ of: geometry, colours });
    };
    frame = requestAnimationFrame(slice);
    return () => cancelAnimationFrame(frame);
  }, [geometry]);
  return useMemo(() => {
    if (!geometry) return undefined;
    return made?.of === geometry ? made.colours : new Uint32Array(geometry.length / 3).fill(UNKNOWN);
  }, [geometry, made]);
}

function pictureColours({ data, side }: Pick<EntryPictures, 'data' | 'side'>, size: number): Uint32Array {
  const area = side * side;
  return Uint32Array.from({ length: size }, (_, entry) => {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0, o = entry * area * 4; i < area; i++, o += 4) {
      red += data[o]!;
      green += data[o + 1]!;
      blue += data[o + 2]!;
    }
    return rgb(Math.round(red / area), Math.round(green / area), Math.round(blue / area));
  });
}
