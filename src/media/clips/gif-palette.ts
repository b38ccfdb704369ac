/** Colours are told apart by 5, 6 and 5 bits, as the quantizer does. */
const BINS = 1 << 16;
/** As many pixels stand for all of them when the palette is made. */
const SAMPLE = 1 << 18;

type Colour = readonly [red: number, green: number, blue: number];

/** The colours of all frames of a clip, counted as they come, and each frame kept in 16 bits a pixel until the palette is known. */
export class ColourCount {
  private readonly counts = new Float64Array(BINS);
  private readonly sums = new Float64Array(BINS * 3);
  private pixels = 0;

  /** Counts a frame (RGBA) and gives it as the numbers of its bins. */
  add(rgba: Uint8ClampedArray): Uint16Array {
    const bins = new Uint16Array(rgba.length / 4);
    for (let i = 0, at = 0; i < bins.length; i++, at += 4) {
      const [red, green, blue] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
      const bin = ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3);
      bins[i] = bin;
      this.counts[bin]!++;
      this.sums[bin * 3]! += red;
      this.sums[bin * 3 + 1]! += green;
      this.sums[bin * 3 + 2]! += blue;
    }
    this.pixels += bins.length;
    return bins;
  }

  /** Pixels (RGBA) with the same shares of colours as all frames; every colour that occurs is among them. */
  sample(): Uint8ClampedArray {
    const bins = this.occupied();
    const share = Math.min(1, SAMPLE / this.pixels);
    const repeats = bins.map((bin) => Math.max(1, Math.round(this.counts[bin]! * share)));
    const out = new Uint8ClampedArray(4 * repeats.reduce((sum, count) => sum + count, 0)).fill(255);
    let at = 0;
    for (const [i, bin] of bins.entries()) {
      const colour = this.colourOf(bin);
      for (let n = repeats[i]!; n > 0; n--, at += 4) out.set(colour, at);
    }
    return out;
  }

  /** The nearest palette entry (squared distance in RGB) for each bin that occurs. */
  nearest(palette: readonly Colour[]): Uint8Array {
    const table = new Uint8Array(BINS);
    for (const bin of this.occupied()) table[bin] = nearestOf(this.colourOf(bin), palette);
    return table;
  }

  private occupied(): number[] {
    const bins: number[] = [];
    for (let bin = 0; bin < BINS; bin++) if (this.counts[bin]! > 0) bins.push(bin);
    return bins;
  }

  /** The mean of what fell into a bin. */
  private colourOf(bin: number): Colour {
    const count = this.counts[bin]!;
    const mean = (channel: number) => Math.round(this.sums[bin * 3 + channel]! / count);
    return [mean(0), mean(1), mean(2)];
  }
}

function nearestOf([red, green, blue]: Colour, palette: readonly Colour[]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [i, [r, g, b]] of palette.entries()) {
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** Browsers slow down what is faster than this; GIF counts in hundredths of a second. */
const MOST_RATE = 50;

/** Which frames of a clip a GIF keeps (each `step`-th), and how long the k-th of them stands, milliseconds. */
export function gifTiming(rate: number): { readonly step: number; delayOf(k: number): number } {
  const step = Math.max(1, Math.ceil(rate / MOST_RATE - 1e-6));
  // The rounding of one delay is made up for by the next.
  const endOf = (k: number) => Math.round((100 * k * step) / rate);
  return { step, delayOf: (k) => 10 * (endOf(k + 1) - endOf(k)) };
}
