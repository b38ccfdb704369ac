import { useCallback, useDeferredValue, useEffect, useRef } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { EntryOrder, Slot } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { useElementSize, useWindowSize } from '../ui/size.ts';
import type { Board } from '../views/codebook-board.ts';
import { CodebookCanvas } from '../views/codebook-canvas.tsx';
import { CodebookEntryCard } from '../views/codebook-entry-card.tsx';
import { CodebookJump, type JumpHandle } from '../views/codebook-jump.tsx';
import { useCodebookKeys } from '../views/codebook-keys.ts';
import { CodebookLegend } from '../views/codebook-legend.tsx';
import { useNeighbours } from '../views/codebook-neighbours.tsx';
import { CodebookScrubber } from '../views/codebook-scrubber.tsx';
import { CodebookUsageCurve } from '../views/codebook-usage-curve.tsx';
import { effectiveOrder, useBoard } from '../views/codebook-use-board.ts';
import styles from './codebook-place.module.css';

const ORDERS: readonly EntryOrder[] = ['index', 'usage', 'brightness', 'hue', 'similarity', 'map'];
/** Codebooks up to this size have all their pictures drawn; larger ones only those in view. */
const DRAW_ALL = 4096;

/** All entries of the active model, how they are used, and one of them closely. */
export function CodebookPlace() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const { order, usageOf } = useTokenscope((state) => state.codebook);
  const board = useBoard(slot, order, usageOf);
  const jump = useRef<JumpHandle>(null);
  useCodebookKeys(
    board,
    useCallback((digit: string) => jump.current?.begin(digit), []),
  );
  useAllPictures(slot, board?.order.length ?? 0);
  return (
    <div className={styles.place}>
      <Tools slot={slot} board={board} jump={jump} />
      {slot && board ? (
        <Filled slot={slot} board={board} />
      ) : (
        <p className={styles.empty}>{t(slot ? 'codebook.unknownSize' : 'codebook.noModel')}</p>
      )}
    </div>
  );
}

function Filled({ slot, board }: { readonly slot: Slot; readonly board: Board }) {
  const { t } = useTexts();
  const element = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(element);
  const { order } = useTokenscope((state) => state.codebook);
  const selected = Math.min(board.order.length - 1, useTokenscope((state) => state.selection.entry) ?? 0);
  // The rings and the handle follow at once; the card a moment later when the page is busy.
  const entry = useDeferredValue(selected);
  const neighbours = useNeighbours(slot, entry);
  const sizes = useSizes(width);
  const counts = slot.result?.counts;
  return (
    <div ref={element}>
      {width > 0 && (
        <>
          <div
            className={styles.columns}
            style={{ '--board': `${sizes.board}px`, '--gap': `${sizes.gap}px` } as React.CSSProperties}
          >
            <div>
              <CodebookLegend slot={slot} board={board} />
              <CodebookCanvas slot={slot} board={board} neighbours={neighbours.entries} side={sizes.board} />
              {sizes.stacked && <Scrubber board={board} width={width} order={order} />}
            </div>
            <div className={styles.side}>
              {counts && (
                <CodebookUsageCurve counts={counts} visit={slot.visit} entry={entry} width={sizes.side} height={sizes.curve} />
              )}
              <CodebookEntryCard
                slot={slot}
                board={board}
                entry={entry}
                neighbours={neighbours}
                width={sizes.side}
                compact={sizes.compact}
              />
            </div>
          </div>
          {!sizes.stacked && <Scrubber board={board} width={width} order={order} />}
          <p className="unseen" role="status">
            {t('codebook.selected', { entry, times: number(counts?.[entry] ?? 0) })}
          </p>
        </>
      )}
    </div>
  );
}

function Scrubber({ board, width, order }: { readonly board: Board; readonly width: number; readonly order: EntryOrder }) {
  const { t } = useTexts();
  return (
    <div className={styles.scrubber}>
      <CodebookScrubber board={board} width={width} order={t(`codebook.orders.${order}`)} />
    </div>
  );
}

interface Sizes {
  readonly stacked: boolean;
  readonly compact: boolean;
  readonly board: number;
  readonly side: number;
  readonly curve: number;
  readonly gap: number;
}

/** Square canvas as large as the window allows, the rest for curve and card. */
function useSizes(width: number): Sizes {
  const { height } = useWindowSize();
  if (width < 660) return { stacked: true, compact: true, board: width, side: width, curve: 260, gap: 0 };
  const short = height <= 780;
  const compact = short || width < 1100;
  const gap = compact ? 28 : 40;
  const room = height - (short ? 48 : 56) - 62 - 24 - (short ? 72 : 84);
  const board = Math.max(320, Math.floor(Math.min(room, width * (width < 1100 ? 0.48 : 0.52))));
  const card = compact ? (width < 1100 ? 396 : 312) : 374;
  return {
    stacked: false,
    compact,
    board,
    side: width - board - gap,
    curve: Math.max(168, Math.min(360, room + 24 - card)),
    gap,
  };
}

interface ToolsProps {
  readonly slot: Slot | undefined;
  readonly board: Board | undefined;
  readonly jump: React.Ref<JumpHandle>;
}

function Tools({ slot, board, jump }: ToolsProps) {
  const { t } = useTexts();
  const actions = useActions();
  const { order, usageOf } = useTokenscope((state) => state.codebook);
  const window = useWindowSize();
  const hasGeometry = slot?.geometry !== undefined;
  const size = board?.order.length ?? 0;
  const used = slot?.result?.counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const orders = hasGeometry ? ORDERS : (['index', 'usage'] as const);
  return (
    <div className={styles.tools}>
      <h1>
        {size === 0
          ? t('words.codebook')
          : used === undefined
            ? t('codebook.titleSize', { size: number(size) })
            : t('codebook.title', { size: number(size), used: number(used) })}
      </h1>
      {size > 0 && (
        <div className={styles.choices}>
          <CodebookJump size={size} ref={jump} />
          <Choices
            name={t('codebook.order')}
            showName={window.width > 1120}
            value={effectiveOrder(order, hasGeometry)}
            options={orders.map((value) => ({ value, text: t(`codebook.orders.${value}`) }))}
            onChange={(value) => actions.setCodebook({ order: value })}
          />
          <Choices
            name={t('codebook.sizeBy')}
            showName={window.width > 1120 || window.width <= 700}
            value={usageOf}
            options={[
              { value: 'picture', text: t('codebook.thisPicture') },
              { value: 'visit', text: t('codebook.thisVisit') },
            ]}
            onChange={(value) => actions.setCodebook({ usageOf: value })}
          />
        </div>
      )}
    </div>
  );
}

/** Small codebooks get all their pictures, whatever is in view. */
function useAllPictures(slot: Slot | undefined, size: number): void {
  const actions = useActions();
  const key = slot?.key;
  const open = slot?.model?.id;
  useEffect(() => {
    if (key === undefined || open === undefined || size === 0 || size > DRAW_ALL) return;
    actions.wantEntryPictures(
      key,
      Array.from({ length: size }, (_, entry) => size - 1 - entry),
    );
  }, [actions, key, open, size]);
}
