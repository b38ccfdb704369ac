/** A picture that comes with the page, in public/samples; its title is `sources.sample.<id>`. */
export interface Sample {
  readonly id: string;
  readonly file: string;
  /** 96 × 96, for the strip. */
  readonly thumbnail: string;
  /** Pixels of the file, both sides. */
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
