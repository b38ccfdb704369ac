import type { ReactNode } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { Result, Slot } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { codebookSizeOf } from '../views/codebook-facts.ts';
import { EntryBoard } from '../views/entry-board.tsx';
import { FunnelView } from '../views/funnel.tsx';
import { LatentPlanes } from '../views/latent-planes.tsx';
import { noLatents } from '../views/latent-vector.tsx';
import emptyStyles from '../views/stage.module.css';
import { paletteNames, paletteWorks } from '../views/token-colours.ts';
import { TokenMap } from '../views/token-map.tsx';
import { WholePicture } from '../views/whole-picture.tsx';
import { FramingLine } from './framing-line.tsx';
import { fitInside, type PipelineLayout } from './pipeline-layout.ts';
import type { Channels, PipelineParts } from './pipeline-parts.ts';
import styles from './pipeline-place.module.css';

interface StagesProps {
  readonly slot: Slot | undefined;
  readonly result: Result | undefined;
  readonly layout: PipelineLayout;
  readonly channels: Channels;
  readonly parts: PipelineParts;
  /** A token was clicked. */
  readonly onFlight: () => void;
}

/** The upper row: what happens to the whole picture. */
export function PipelineStages(props: StagesProps) {
  const { t } = useTexts();
  const { slot, result, layout, parts } = props;
  const { picture, funnel } = layout;
  const reduction = slot?.manifest.size.reduction;
  const pixels = (result?.source ?? result?.reconstruction?.picture)?.height;
  const cells = result?.grid.shape.h;
  const sides = { from: pixels ?? '', to: cells ?? '' };
  return (
    <section className={styles.stages} aria-label={t('pipeline.figure')}>
      <SourceStage {...props} />
      <Stage className={styles.encoder} name={t('words.encoder')} dimension={reduction && `÷ ${reduction}`}>
        {!layout.narrow && (
          <FunnelView
            anchor="encoder"
            label={t('pipeline.encoderLabel', sides)}
            funnel={parts.encoder}
            width={funnel}
            height={picture}
            pixels={pixels}
            cells={cells}
          />
        )}
      </Stage>
      <LatentsStage {...props} />
      <CodebookStage {...props} />
      <GridStage {...props} />
      <Stage className={styles.decoder} name={t('words.decoder')} dimension={reduction && `× ${reduction}`}>
        {!layout.narrow && (
          <FunnelView
            anchor="decoder"
            label={t('pipeline.decoderLabel', { from: sides.to, to: sides.from })}
            funnel={parts.decoder}
            width={funnel}
            height={picture}
            pixels={pixels}
            cells={cells}
          />
        )}
      </Stage>
      <ReconstructionStage {...props} />
    </section>
  );
}

interface StageProps {
  readonly className: string | undefined;
  readonly name: string;
  readonly dimension?: string | number | false | undefined;
  /** Beside the name. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

function Stage({ className, name, dimension, beside, children }: StageProps) {
  return (
    <div className={`${styles.stage} ${className}`}>
      <header>
        <div>
          <h2>{name}</h2>
          <div className="dimension">{dimension || '\u00a0'}</div>
        </div>
        {beside}
      </header>
      {children}
    </div>
  );
}

/** A stage without content: its place stays, and one line says why. */
interface EmptyProps {
  readonly width: number;
  readonly height: number;
  /** The line stands at the foot, where the selection's path does not cross it. */
  readonly low?: boolean;
  readonly children: ReactNode;
}

function Empty({ width, height, low, children }: EmptyProps) {
  return (
    <div className={`${emptyStyles.empty} ${low ? emptyStyles.low : ''}`} style={{ width, height }}>
      <p>{children}</p>
    </div>
  );
}

function SourceStage({ slot, result, layout }: StagesProps) {
  const { t } = useTexts();
  const { picture: box, narrow } = layout;
  const source = result?.source;
  const waiting = useWaiting(slot);
  const size = source && fitInside(box, source.width, source.height);
  return (
    <Stage
      className={styles.source}
      name={t('words.source')}
      dimension={source && `${source.width} × ${source.height} × 3`}
      beside={
        <div className={styles.framing}>
          <FramingLine />
        </div>
      }
    >
      <div className={styles.picture} style={{ height: narrow && size ? size.height : box }}>
        {source && result && size ? (
          <WholePicture
            anchor="source"
            label={t('pipeline.sourceLabel', {
              width: source.width,
              height: source.height,
              rows: result.grid.shape.h,
              columns: result.grid.shape.w,
            })}
            picture={source}
            shape={result.grid.shape}
            recorded={result.recorded}
            {...size}
          />
        ) : (
          <Empty width={box} height={box}>
            {result ? t('pipeline.noSource') : waiting}
          </Empty>
        )}
      </div>
    </Stage>
  );
}

/** What the page is waiting for, in one line. */
function useWaiting(slot: Slot | undefined): string {
  const { t } = useTexts();
  const source = useTokenscope((state) => state.source);
  if (!slot) return t('pipeline.noModel');
  if (slot.phase === 'failed') return t('pipeline.failedEmpty');
  if (slot.progress?.stage === 'download') {
    const megabytes = (bytes: number) => number(bytes / 1e6, 1);
    const { loaded, total } = slot.progress;
    return t('pipeline.openingBytes', { loaded: megabytes(loaded), total: megabytes(total) });
  }
  if (slot.phase === 'opening') return t('pipeline.opening');
  return t(source ? 'pipeline.noTokens' : 'pipeline.noSourceYet');
}

function LatentsStage({ slot, result, layout, channels, parts }: StagesProps) {
  const { t } = useTexts();
  const { latents: width, picture: height } = layout;
  const latents = result?.latents;
  const { planes } = parts;
  const scrolls = latents && planes && planes.count < latents.d;
  const arrow = (by: number, sign: string, label: string) => (
    <button type="button" aria-label={label} onClick={() => channels.scroll(by)} className={styles.scroll}>
      {sign}
    </button>
  );
  return (
    <Stage
      className={styles.latents}
      name={t('words.latents')}
      dimension={latents && `${latents.shape.h} × ${latents.shape.w} × ${latents.d}`}
      beside={
        scrolls && (
          <div className={styles.scrolls} data-unsaved>
            {arrow(-planes.count, '↑', t('pipeline.earlierChannels'))}
            {arrow(planes.count, '↓', t('pipeline.laterChannels'))}
          </div>
        )
      }
    >
      {latents && planes ? (
        <LatentPlanes
          latents={latents}
          planes={planes}
          first={channels.first}
          onScroll={channels.scroll}
          recorded={result.recorded}
          width={width}
          height={height}
        />
      ) : (
        <Empty width={width} height={height} low>
          {slot && result && t(noLatents(slot, result))}
        </Empty>
      )}
    </Stage>
  );
}

function CodebookStage({ slot, result, layout, parts }: StagesProps) {
  const { t } = useTexts();
  const { codebook: width, picture: height } = layout;
  const { board, colours } = parts;
  const dimension = slot?.model?.entryDimension ?? slot?.manifest.quantizer.entryDimension ?? result?.latents?.d;
  const size = slot ? codebookSizeOf(slot) : 0;
  return (
    <Stage
      className={styles.codebook}
      name={t('words.codebook')}
      dimension={size > 0 && [number(size), dimension].filter(Boolean).join(' × ')}
    >
      {slot && board && colours ? (
        <EntryBoard slot={slot} board={board} colours={colours} width={width} height={height} />
      ) : (
        <Empty width={width} height={height}>
          {''}
        </Empty>
      )}
    </Stage>
  );
}

function GridStage({ slot, result, layout, onFlight }: StagesProps) {
  const { t } = useTexts();
  const palette = useTokenscope((state) => state.palette);
  const box = layout.grid;
  const size = result && fitInside(box, result.grid.shape.w, result.grid.shape.h);
  return (
    <Stage
      className={styles.grid}
      name={t('words.tokenGrid')}
      dimension={result && `${result.grid.shape.h} × ${result.grid.shape.w}`}
    >
      <div className={styles.picture} style={{ width: box, height: layout.narrow && size ? size.height : box }}>
        {slot && result && size ? (
          <TokenMap slot={slot} result={result} palette={palette} {...size} onChoose={onFlight} />
        ) : (
          <Empty width={box} height={layout.narrow ? layout.picture : box}>
            {''}
          </Empty>
        )}
      </div>
      {slot && result && <PaletteChoice slot={slot} result={result} short={layout.short} />}
    </Stage>
  );
}

interface PaletteChoiceProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly short: boolean;
}

function PaletteChoice({ slot, result, short }: PaletteChoiceProps) {
  const { t } = useTexts();
  const { setPalette } = useActions();
  const palette = useTokenscope((state) => state.palette);
  const works = paletteWorks(palette, slot, result);
  const missing = palette === 'distance' ? 'pipeline.paletteDistance' : 'pipeline.paletteGeometry';
  const note = t(works ? `pipeline.paletteHints.${palette}` : missing);
  return (
    <div className={styles.palette} title={note} data-unsaved>
      <Choices
        name={t('pipeline.palette')}
        value={palette}
        options={paletteNames.map((value) => ({ value, text: t(`pipeline.palettes.${value}`) }))}
        onChange={setPalette}
      />
      {!works && !short && <p className={styles.paletteNote}>{note}</p>}
    </div>
  );
}

function ReconstructionStage({ result, layout }: StagesProps) {
  const { t } = useTexts();
  const busy = useTokenscope((state) => state.busy);
  const { picture: box, narrow } = layout;
  const picture = result?.reconstruction?.picture;
  const size = picture && fitInside(box, picture.width, picture.height);
  return (
    <Stage
      className={styles.reconstruction}
      name={t('words.reconstruction')}
      dimension={picture && `${picture.width} × ${picture.height} × 3`}
    >
      <div className={styles.picture} style={{ height: narrow && size ? size.height : box }}>
        {picture && result && size ? (
          <WholePicture
            anchor="reconstruction"
            label={t('pipeline.reconstructionLabel', {
              width: picture.width,
              height: picture.height,
              rows: result.grid.shape.h,
              columns: result.grid.shape.w,
            })}
            picture={picture}
            shape={result.grid.shape}
            recorded={result.recorded}
            {...size}
          />
        ) : (
          <Empty width={box} height={box}>
            {result && t(busy === 'decoding' ? 'pipeline.decoding' : 'pipeline.noReconstruction')}
          </Empty>
        )}
      </div>
    </Stage>
  );
}
