import { type ReactNode, useMemo } from 'react';
import type { MetricSample } from '../core/metric.ts';
import { number, useTexts } from '../i18n/index.ts';
import { metrics } from '../metrics/index.ts';
import { framesOfResult } from '../state/clip-run.ts';
import type { Result, Slot } from '../state/store.ts';
import { Hint } from '../ui/hint.tsx';
import { codebookSizeOf } from './codebook-facts.ts';
import { figuresOf } from './figures.ts';
import styles from './figures-band.module.css';

interface FiguresBandProps {
  readonly slot: Slot;
  readonly result: Result;
}

/** What the whole picture costs and how well it came back: an equation and four figures. */
export function FiguresBand({ slot, result }: FiguresBandProps) {
  const { t } = useTexts();
  const size = codebookSizeOf(slot);
  const frames = framesOfResult(slot);
  const figures = useMemo(() => figuresOf(result, size, frames), [result, size, frames]);
  const { tokens, bits, bytes, pixelBytes, used } = figures;
  const { h, w } = result.grid.shape;
  const psnr = useMeasure(result, size, frames, 'psnr');
  const perplexity = useMeasure(result, size, frames, 'perplexity');
  const bitsPerPixel = useMeasure(result, size, frames, 'bits-per-pixel');
  const ratio = pixelBytes && pixelBytes / bytes;
  const bytesWord = ratio
    ? t(ratio >= 1 ? 'pipeline.bytesFewer' : 'pipeline.bytesMore', { ratio: ratioText(ratio) })
    : t('pipeline.bytes');
  return (
    <div className={styles.figures}>
      <div className={styles.equation}>
        <Figure name={t('words.tokens')} text={t('pipeline.tokensDefinition', { rows: h, columns: w })}>
          {number(tokens)}
        </Figure>
        <Operator>×</Operator>
        <Figure name={t('pipeline.bitsEach')} text={t('pipeline.bitsEachDefinition', { size: number(size) })}>
          {number(bits, Number.isInteger(bits) ? 0 : 2)}
        </Figure>
        <Operator>=</Operator>
        <Figure
          name={bytesWord}
          text={pixelBytes ? t('pipeline.bytesDefinition', { bytes: number(pixelBytes) }) : t('metrics.bits.definition')}
        >
          {number(Math.ceil(bytes))}
        </Figure>
      </div>
      <Figure name={t('pipeline.bitsPerPixel')} text={t('metrics.bits-per-pixel.definition')}>
        {bitsPerPixel === null ? <Missing /> : number(bitsPerPixel, bitsPerPixel < 0.01 ? 5 : 3)}
      </Figure>
      <Figure name={t('metrics.psnr.name')} text={t('metrics.psnr.definition')}>
        {psnr === null ? (
          <Missing />
        ) : (
          <>
            {Number.isFinite(psnr) ? number(psnr, 2) : '∞'} <small>{metrics.psnr?.unit}</small>
          </>
        )}
      </Figure>
      <Figure
        name={t('pipeline.entriesUsed')}
        text={t('pipeline.entriesUsedDefinition', { tokens: number(tokens), ceiling: number(Math.min(tokens, size)) })}
      >
        {number(used)} <small>{t('pipeline.ofSize', { size: number(size) })}</small>
        <span className={styles.share}>
          <i style={{ width: `${(100 * used) / size}%` }} />
        </span>
      </Figure>
      <Figure name={t('words.perplexity')} text={t('metrics.perplexity.definition')}>
        {perplexity === null ? <Missing /> : number(perplexity, 1)}
      </Figure>
    </div>
  );
}

interface FigureProps {
  readonly name: string;
  /** Its definition. */
  readonly text: string;
  readonly children: ReactNode;
}

function Figure({ name, text, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <div className={styles.name}>
        <Hint text={text}>{name}</Hint>
      </div>
      <div className={styles.value}>{children}</div>
    </div>
  );
}

function Operator({ children }: { readonly children: ReactNode }) {
  return <span className={styles.operator}>{children}</span>;
}

function Missing() {
  const { t } = useTexts();
  return (
    <>
      <span aria-hidden="true">–</span>
      <span className="unseen">{t('pipeline.notMeasured')}</span>
    </>
  );
}

/**
 * A number as the engine measured it; before that, and for recorded results, as the same metric gives it here.
 */
function useMeasure({ measures, reconstruction, grid, ...rest }: Result, codebookSize: number, frames: number, id: string) {
  const source = rest.source ?? (metrics[id]?.alone ? reconstruction?.picture : undefined);
  const measured = measures && reconstruction && measures.of === reconstruction.picture ? measures.values[id] : undefined;
  const known = measured !== undefined;
  const here = useMemo(() => {
    if (known || !source || !reconstruction) return null;
    const { picture } = reconstruction;
    if (picture.width !== source.width || picture.height !== source.height) return null;
    const sample: MetricSample = { source, reconstruction: picture, grid, codebookSize, frames };
    return metrics[id]?.measure(sample) ?? null;
  }, [known, source, reconstruction, grid, codebookSize, frames, id]);
  return known ? measured : here;
}

function ratioText(ratio: number): string {
  const times = ratio >= 1 ? ratio : 1 / ratio;
  return number(times, times < 10 ? 1 : 0);
}
