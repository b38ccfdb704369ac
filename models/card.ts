import type { Manifest } from '../src/core/manifest.ts';

/** How tokens are used over a whole set. */
interface Use {
  readonly usage: number;
  readonly perplexity: number;
  readonly dead: number;
  /** Of the token frequencies, bits. */
  readonly entropy?: number;
}

interface PictureFigures extends Use {
  readonly pictures: number;
  readonly size: number;
  readonly psnr: number;
  readonly sharpness: number;
}

interface ClipFigures extends Use {
  readonly clips: number;
  readonly size: number;
  /** Frames in a run. */
  readonly frames: number;
  readonly psnr: number;
  readonly sharpness: number;
  readonly flicker: number;
}

/** training.json of models/recipes: how the weights came about, and what they reach on held-out pictures and clips. */
export interface Training {
  readonly minutes: number;
  readonly machine: string;
  /** What the weights had behind them when this training began. */
  readonly after?: string;
  readonly steps: number;
  readonly adversarialSteps: number;
  readonly loss: string;
  readonly data: string;
  readonly kodak?: PictureFigures;
  readonly clips?: ClipFigures;
  /** Over pictures and clips. */
  readonly together?: Use;
}

/** Contact sheet of held-out pictures or clips, beside the card. */
export const SHEET = 'sheet.webp';

const WEIGHTS_LICENCE = 'CC BY-NC 4.0';

export function describeSource(training: Training, paper: string): Manifest['source'] {
  const { minutes, machine, steps, after } = training;
  return {
    paper,
    repository: 'this one, models/recipes',
    licence: `${WEIGHTS_LICENCE}, for research and teaching`,
    training: `${minutes} minutes (${grouped(steps)} steps) on ${machine}${after ? `, after ${after}` : ''}. ${training.loss}`,
  };
}

/** card.md: what a person should know before trusting the model. */
export function writeCard(manifest: Manifest, training: Training, bytes: number): string {
  const adversarial =
    training.adversarialSteps > 0 ? `, the last ${grouped(training.adversarialSteps)} with a discriminator` : '';
  return `# ${manifest.title}

${whatItIs(manifest)} The network follows
arXiv ${manifest.source.paper?.replace('arXiv ', '')} at a size that runs in a browser without a graphics card; it was trained here${manifest.medium === 'image' ? ', from scratch,' : ''} and is no copy of
published weights.

| | |
| --- | --- |
| ${codebookRow(manifest)} |
| ${sizeRow(manifest)} |
| files | ${(bytes / 1e6).toFixed(1)} MB, weights in half precision, computed in float32 |

## Training

${training.minutes} minutes on ${training.machine}: ${grouped(training.steps)} steps${adversarial}.${training.after ? ` The weights went on from ${training.after}.` : ''}

Loss: ${training.loss}

Data: ${training.data}

## Result

${results(training)}

## Weaknesses

- Minutes of training on a few thousand photographs${manifest.medium === 'video' ? ' and clips' : ''}, not weeks on millions: far from the published models of this kind.
- Faces, small text and fine repeated texture are smeared; the sharpness above says how much.
- Few drawings, screenshots and pages of text were seen in training.${manifest.medium === 'video' ? '\n- Fast motion and cuts inside a run are blurred over the frames that share a plane of tokens.' : ''}

## Licence

Weights: ${WEIGHTS_LICENCE}, for research and teaching. They were trained on photographs of which a part is under research-only or unstated terms;
whoever wants to use them for anything else should train again on data they may use (models/recipes).

![Source, reconstruction and twice the difference](${SHEET})
`;
}

function whatItIs({ size, quantizer }: Manifest): string {
  const { reduction, frames } = size;
  const tokens = `one of ${grouped(quantizer.codebookSize!)} tokens`;
  if (!frames) return `A visual tokenizer: each ${reduction} × ${reduction} patch of a picture becomes ${tokens}.`;
  const cell = `${reduction} × ${reduction} patch of ${frames.reduction} frames`;
  const first = frames.rule === 'causal' ? ' The first frame stands for itself, so that it also reads single pictures.' : '';
  return `A tokenizer of clips: each ${cell} becomes ${tokens}.${first}`;
}

function codebookRow({ quantizer }: Manifest): string {
  if (quantizer.kind === 'lfq')
    return `tokens | ${quantizer.bits} bits, the signs of ${quantizer.bits} numbers; there is no codebook to learn`;
  const score = quantizer.score === 'cosine' ? 'angle' : 'distance';
  return `codebook | ${grouped(quantizer.codebookSize!)} entries of ${quantizer.entryDimension} dimensions, nearest by ${score}`;
}

function sizeRow({ size }: Manifest): string {
  const { multipleOf, minimum, maximum, frames } = size;
  const sides = `sides that are multiples of ${multipleOf}, ${minimum} to ${grouped(maximum!)} pixels`;
  if (!frames) return `pictures | ${sides}`;
  const { rule, reduction, window } = frames;
  return `clips | ${rule === 'causal' ? `1 + a multiple of ${reduction} frames, at most ${window} a run` : `${window} frames a run`}; ${sides}`;
}

function results({ kodak, clips, together }: Training): string {
  const parts: string[] = [];
  if (kodak) {
    parts.push(`${kodak.pictures} Kodak pictures, never trained on, centre ${kodak.size} × ${kodak.size} in one piece, 8-bit RGB, with the weights of this folder:

| PSNR | entries used | dead entries | perplexity | sharpness |
| --- | --- | --- | --- | --- |
| ${[`${kodak.psnr.toFixed(2)} dB`, ...use(kodak), kodak.sharpness.toFixed(2)].join(' | ')} |`);
  }
  if (clips) {
    parts.push(`${clips.clips} clips, never trained on, short side scaled to ${clips.size}, centre ${clips.size} × ${clips.size}, in runs of ${clips.frames} frames, 8-bit RGB, with the weights of this folder:

| PSNR | entries used | dead entries | perplexity | sharpness | flicker |
| --- | --- | --- | --- | --- | --- |
| ${[`${clips.psnr.toFixed(2)} dB`, ...use(clips), clips.sharpness.toFixed(2), clips.flicker.toFixed(2)].join(' | ')} |

Flicker is how much the parts that stand still in the source move from frame to frame, over how much they do in the source.`);
  }
  if (together?.entropy !== undefined) {
    parts.push(
      `Over all of these pictures and clips together ${(100 * together.usage).toFixed(1)} % of the entries are used, and a token carries ${together.entropy.toFixed(2)} bits.`,
    );
  }
  parts.push(`PSNR is the mean over the ${kodak ? 'pictures' : 'clips'}${kodak && clips ? ' or clips' : ''}. Usage and perplexity are those of all their tokens together. Sharpness is the mean gradient magnitude of
the reconstruction over that of the source: 1 is as sharp as the source.`);
  return parts.join('\n\n');
}

function use({ usage, dead, perplexity }: Use): string[] {
  return [`${(100 * usage).toFixed(1)} %`, String(dead), perplexity.toFixed(0)];
}

function grouped(value: number): string {
  return value.toLocaleString('en');
}
