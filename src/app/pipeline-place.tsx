import { useEffect, useMemo, useState } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { framesOfResult } from '../state/clip-run.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { Result, Slot } from '../state/store.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { useWindowSize } from '../ui/size.ts';
import { FiguresBand } from '../views/figures-band.tsx';
import { Path } from '../views/path.tsx';
import { QuantizerDetail } from '../views/quantizer-detail.tsx';
import { distanceText } from '../views/selected-cell.ts';
import { useSelectedCell } from '../views/selected-hook.ts';
import { PipelineCell } from './pipeline-cell.tsx';
import { usePipelineFiles } from './pipeline-files.ts';
import { pipelineLayout } from './pipeline-layout.ts';
import { useChannels, useParts } from './pipeline-parts.ts';
import styles from './pipeline-place.module.css';
import { PipelineStages } from './pipeline-stages.tsx';
import { SampleStrip } from './sample-strip.tsx';

/** The tokenizer as one figure: above what happens to the whole picture, below what happens to one cell. */
export default function PipelinePlace() {
  const slot = useActiveSlot();
  const result = slot?.result;
  const { width, height } = useWindowSize();
  const layout = useMemo(() => pipelineLayout(width, height), [width, height]);
  // State, not a ref: the line is drawn by a child, whose effects run before the parent's ref is set.
  const [figure, setFigure] = useState<HTMLElement | null>(null);
  const channels = useChannels(result?.latents?.d ?? 0);
  const [flights, setFlights] = useState(0);
  const parts = useParts(slot, result, layout);
  const open = useTokenscope((state) => state.quantizerOpen) && !!result?.nearest;
  useCellKeys(channels.scroll);
  usePipelineFiles(figure, slot, result);
  const lengths = Object.fromEntries(
    (['picture', 'funnel', 'latents', 'codebook', 'vector', 'nearest', 'token', 'between', 'gap'] as const).map((name) => [
      `--${name}`,
      `${layout[name]}px`,
    ]),
  );
  const shared = { slot, result, layout, channels } as const;
  return (
    <div ref={setFigure} className={`${styles.figure} ${layout.narrow ? styles.narrow : ''}`} style={lengths}>
      <Head slot={slot} result={result} />
      <PipelineStages {...shared} parts={parts} onFlight={() => setFlights((count) => count + 1)} />
      {slot && result && <PipelineCell {...shared} result={result} slot={slot} />}
      {slot && result && open && <QuantizerDetail slot={slot} result={result} width={layout.content} narrow={layout.narrow} />}
      {result && <Path figure={figure} result={result} narrow={layout.narrow} flights={flights} {...parts} />}
      <footer className={styles.band}>
        <div data-unsaved>
          <SampleStrip short={layout.short} />
        </div>
        {slot && result && <FiguresBand slot={slot} result={result} />}
      </footer>
      <SelectedCellStatus />
    </div>
  );
}

function Head({ slot, result }: { readonly slot: Slot | undefined; readonly result: Result | undefined }) {
  const { t } = useTexts();
  const count = result?.grid.tokens.length ?? 0;
  const tokens = number(count);
  const picture = result?.source ?? result?.reconstruction?.picture;
  const size = { width: picture?.width, height: picture?.height } as { width: number; height: number };
  const frames = slot ? framesOfResult(slot) : 1;
  const title = !result
    ? t('pipeline.titleEmpty')
    : !picture
      ? t('pipeline.titleTokensOnly', { count, tokens })
      : frames > 1 && result.source
        ? t('pipeline.titleFrames', { frames, ...size, tokens })
        : t(result.source ? 'pipeline.title' : 'pipeline.titleTokens', { count, ...size, tokens });
  const touch = matchMedia('(hover: none)').matches;
  return (
    <div className={styles.head}>
      <h1>{title}</h1>
      {result && <p data-unsaved>{t(touch ? 'pipeline.hintTouch' : 'pipeline.hint')}</p>}
    </div>
  );
}

function useCellKeys(scroll: (channels: number) => void): void {
  const { t } = useTexts();
  const { moveCell, setQuantizerOpen } = useActions();
  const open = useTokenscope((state) => state.quantizerOpen);
  const group = useMemo(() => {
    const move = (keys: string, text: string, rows: number, columns: number) => ({
      keys,
      text,
      run: (event: KeyboardEvent) => {
        event.preventDefault();
        moveCell(rows, columns);
      },
    });
    return {
      title: t('pipeline.keys'),
      shortcuts: [
        move('ArrowLeft', t('pipeline.keyLeft'), 0, -1),
        move('ArrowRight', t('pipeline.keyRight'), 0, 1),
        move('ArrowUp', t('pipeline.keyUp'), -1, 0),
        move('ArrowDown', t('pipeline.keyDown'), 1, 0),
        { keys: '[', text: t('pipeline.keyEarlier'), run: () => scroll(-1) },
        { keys: ']', text: t('pipeline.keyLater'), run: () => scroll(1) },
        { keys: 'q', text: t('pipeline.keyQuantizer'), run: () => setQuantizerOpen(!open) },
      ],
    };
  }, [t, moveCell, scroll, setQuantizerOpen, open]);
  useShortcuts(group);
}

/** Quick moves in between are nobody's news. */
const QUIET_MS = 300;

/** Says the selected cell to screen readers, once it rests. */
function SelectedCellStatus() {
  const { t } = useTexts();
  const selected = useSelectedCell();
  const [said, setSaid] = useState('');
  const { cell, token, nearest } = selected ?? {};
  const distance = nearest?.[0]?.distance;
  const text =
    cell && token !== undefined
      ? distance === undefined
        ? t('pipeline.selectedCellPlain', { row: cell.row, column: cell.column, token })
        : t('pipeline.selectedCell', { row: cell.row, column: cell.column, token, distance: distanceText(distance) })
      : '';
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p id="selected-cell" className="unseen" aria-live="polite">
      {said}
    </p>
  );
}
