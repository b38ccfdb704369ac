import type { Manifest } from '../src/core/manifest.ts';

/** training.json of models/recipes: how the weights came about, and what they reach on held-out pictures. */
export interface Training {
  readonly minutes: number;
  readonly machine: string;
  readonly steps: number;
  readonly adversarialSteps: number;
  readonly loss: string;
  readonly data: string;
  readonly kodak: {
    readonly pictures: number;
    readonly size: number;
    readonly psnr: number;
    readonly usage: number;
    readonly perplexity: number;
    readonly dead: number;
    readonly sharpness: number;
  };
}

const WEIGHTS_LICENCE = 'CC BY-NC 4.0';

export function describeSource(training: Training, paper: string): Manifest['source'] {
  const { minutes, machine, steps } = training;
  return {
    paper,
    repository: 'this one, models/recipes',
    licence: `${WEIGHTS_LICENCE}, for research and teaching`,
    training: `${minutes} minutes (${grouped(steps)} steps) on ${machine}. ${training.loss}`,
  };
}

export function describeFigures({ kodak }: Training, bitsPerPixel: number): NonNullable<Manifest['figures']> {
  const { pictures, size, psnr, usage, perplexity, dead, sharpness } = kodak;
  return [{ set: `Kodak ${pictures}, centre ${size} × ${size}`, psnr, usage, perplexity, dead, bitsPerPixel, sharpness }];
}

/** card.md: what a person should know before trusting the model. */
export function writeCard(manifest: Manifest, training: Training, bytes: number): string {
  const { quantizer, size } = manifest;
  const { kodak } = training;
  const adversarial =
    training.adversarialSteps > 0 ? `, the last ${grouped(training.adversarialSteps)} with a discriminator` : '';
  return `# ${manifest.title}

A visual tokenizer: each ${size.reduction} × ${size.reduction} patch of a picture becomes one of ${grouped(quantizer.codebookSize!)} tokens. The network follows
arXiv ${manifest.source.paper?.replace('arXiv ', '')} at a size that runs in a browser without a graphics card; it was trained here, from scratch, and is no copy of
published weights.

| | |
| --- | --- |
| codebook | ${grouped(quantizer.codebookSize!)} entries of ${quantizer.entryDimension} dimensions, nearest by ${quantizer.score === 'cosine' ? 'angle' : 'distance'} |
| pictures | sides that are multiples of ${size.multipleOf}, ${size.minimum} to ${grouped(size.maximum!)} pixels |
| files | ${(bytes / 1e6).toFixed(1)} MB, weights in half precision, computed in float32 |

## Training

${training.minutes} minutes on ${training.machine}: ${grouped(training.steps)} steps${adversarial}.

Loss: ${training.loss}

Data: ${training.data}

## Result

${kodak.pictures} Kodak pictures, never trained on, centre ${kodak.size} × ${kodak.size} in one piece, 8-bit RGB, with the weights of this folder:

| PSNR | entries used | dead entries | perplexity | sharpness |
| --- | --- | --- | --- | --- |
| ${kodak.psnr.toFixed(2)} dB | ${(100 * kodak.usage).toFixed(1)} % | ${kodak.dead} | ${kodak.perplexity.toFixed(0)} | ${kodak.sharpness.toFixed(2)} |

PSNR is the mean over the pictures. Usage and perplexity are those of all their tokens together. Sharpness is the mean gradient magnitude of
the reconstruction over that of the source: 1 is as sharp as the source.

## Weaknesses

- Minutes of training on a few thousand photographs, not weeks on millions: far from the published models of this kind.
- Faces, small text and fine repeated texture are smeared; the sharpness above says how much.
- Few drawings, screenshots and pages of text were seen in training.

## Licence

Weights: ${WEIGHTS_LICENCE}, for research and teaching. They were trained on photographs of which a part is under research-only or unstated terms;
whoever wants to use them for anything else should train again on data they may use (models/recipes).
`;
}

function grouped(value: number): string {
  return value.toLocaleString('en');
}
