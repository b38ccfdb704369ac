/** A picture or clip that comes with the page, in public/samples; its title is `sources.sample.<id>`. */
export interface Sample {
  readonly id: string;
  /** Pictures do not say. */
  readonly kind?: 'clip';
  readonly file: string;
  /** 96 × 96, for the strip. */
  readonly thumbnail: string;
  /** Pixels of the file: both sides of a picture, the shorter one of a clip. */
  readonly side: number;
  readonly credit: string;
}

const KODAK = 'Kodak Lossless True Color Image Suite, released by Eastman Kodak for unrestricted usage';

function sample(id: string, side: number, credit: string): Sample {
  return { id, file: `samples/${id}.webp`, thumbnail: `samples/${id}-small.webp`, side, credit };
}

/** None of these was seen in training. Files are relative to the page. */
export const samples: readonly Sample[] = [
  sample('parrots', 496, `${KODAK} (kodim23)`),
  sample('face', 496, `${KODAK} (kodim15)`),
  sample('lighthouse', 496, `${KODAK} (kodim21)`),
  sample('houses', 496, `${KODAK} (kodim08)`),
  sample('sails', 496, `${KODAK} (kodim10)`),
  sample('wall', 496, `${KODAK} (kodim01)`),
  sample('card', 512, 'Tokenscope, MIT'),
];

function clipSample(id: string, side: number, credit: string): Sample {
  return { id, kind: 'clip', file: `samples/${id}.mp4`, thumbnail: `samples/${id}-small.webp`, side, credit };
}

/** Short and small; both have things that move before a still background. Models trained on public clips may have seen them. */
export const clipSamples: readonly Sample[] = [
  clipSample('rabbit', 144, 'Big Buck Bunny, © 2008 Blender Foundation, CC BY 3.0, excerpt (cut and reduced)'),
  clipSample('conveyor', 144, 'Intel IoT DevKit sample videos, CC BY 4.0, excerpt (cut and reduced)'),
];
