import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import type { Slot, State } from '../state/store.ts';
import { usePixelRatio } from '../ui/canvas.tsx';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { canvasBlob, type Savable, useSavable } from '../ui/savable.ts';
import { ring, type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { clampView, FIT, type Frame, fitScale, revealPoint, scaleOf, type View, viewRect } from '../ui/viewport.ts';
import { useZoom } from '../ui/zoom.ts';
import { type Board, glyphSize } from './codebook-board.ts';
import styles from './codebook-canvas.module.css';
import { CodebookHover, type Hover, type HoverStore } from './codebook-hover.tsx';
import { centreOf, entryAt } from './codebook-layout.ts';
import { boardPainter, type Painter } from './codebook-painter.ts';
import { CodebookZoom } from './codebook-zoom.tsx';

interface CodebookCanvasProps {
  readonly slot: Slot;
  readonly board: Board;
  /** Entries nearest to the selected one, ringed thinly. */
  readonly neighbours: ArrayLike<number>;
  readonly side: number;
}

/** All entries on one canvas, 2 or 262,144 of them: points, zooms, pans; the selected one has the ring. */
export const CodebookCanvas = memo(function CodebookCanvas({ slot, board, neighbours, side }: CodebookCanvasProps) {
  const { t } = useTexts();
  const actions = useActions();
  const element = useRef<HTMLDivElement>(null);
  const frame = useMemo<Frame>(() => {
    const panel = { width: side, height: side };
    const fit = fitScale({ panel, picture: board.layout.world, least: 0, most: 0 });
    return { panel, picture: board.layout.world, least: fit, most: Math.max(96, fit * 4) };
  }, [side, board.layout.world]);
  const [view] = useState(() => createStore<View>(() => FIT));
  const [hover] = useState(() => createStore<Hover>(() => ({ entry: undefined, at: { x: 0, y: 0 } })));
  const shared = useMemo(() => ({ read: view.getState, write: (next: View) => view.setState(next) }), [view]);
  useZoom(element, frame, shared);
  useKeepInView(board, frame, view, hover);

  const entryUnder = (event: React.PointerEvent | React.MouseEvent): Hover => {
    const box = element.current!.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const rect = viewRect(view.getState(), frame);
    const scale = rect.width / frame.picture.width;
    const point = { x: (at.x - rect.x) / scale, y: (at.y - rect.y) / scale };
    return { entry: entryAt(board.layout, board.order, point, 14 / scale), at };
  };
  const select = (entry: number | undefined) => {
    if (entry !== undefined) actions.selectEntry(entry);
  };
  const move = (event: React.PointerEvent) => {
    const found = entryUnder(event);
    const zoomedIn = clampView(view.getState(), frame).zoom !== 0;
    if (event.pointerType !== 'touch') hover.setState(found);
    if (event.buttons === 1 && event.pointerType !== 'touch' && !zoomedIn) select(found.entry);
  };
  return (
    <div className={styles.frame}>
      {/* The page's arrow keys move the selection: an application takes them, an image would not get them. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the place's keys do the same */}
      <div
        ref={element}
        role="application"
        aria-label={t('codebook.canvas', { size: number(board.order.length) })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is operated by keys
        tabIndex={0}
        className={styles.board}
        style={{ width: side, height: side }}
        onPointerMove={move}
        onPointerLeave={() => hover.setState({ entry: undefined })}
        onClick={(event) => select(entryUnder(event).entry)}
      >
        <Entries slot={slot} board={board} frame={frame} view={view} />
        <Rings board={board} neighbours={neighbours} frame={frame} view={view} hover={hover} />
        <CodebookHover slot={slot} hover={hover} side={side} />
      </div>
      <CodebookZoom frame={frame} view={view} />
    </div>
  );
});

type ViewStore = StoreApi<View>;

interface LayerProps {
  readonly board: Board;
  readonly frame: Frame;
  readonly view: ViewStore;
}

/** The layer that costs: drawn again when the view, the order or the pictures change, never for a selection. */
function Entries({ slot, board, frame, view }: LayerProps & { readonly slot: Slot }) {
  const { t } = useTexts();
  const actions = useActions();
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter>(undefined);
  const theme = useThemeColours();
  const ratio = usePixelRatio();
  const key = slot.key;
  useEffect(() => {
    painter.current = boardPainter(canvas.current!, (entries) => actions.wantEntryPictures(key, entries));
    return () => painter.current?.stop();
  }, [actions, key]);
  const pictures = slot.entryPictures;
  useEffect(() => {
    const draw = () => painter.current?.draw({ board, pictures, theme, frame, view: view.getState(), ratio });
    draw();
    return view.subscribe(draw);
  }, [board, pictures, theme, frame, view, ratio]);
  const title = t('codebook.saveCanvas');
  const savable = useMemo<Savable>(
    () => ({ file: 'codebook', title, formats: { png: () => onPaper(canvas.current!, theme) } }),
    [title, theme],
  );
  useSavable(savable);
  const { width, height } = frame.panel;
  return <canvas ref={canvas} style={{ width, height }} aria-hidden />;
}

/** The canvas has no ground of its own; a file gets the paper. */
function onPaper(canvas: HTMLCanvasElement, theme: ThemeColours): Promise<Blob> {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d')!;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return canvasBlob(copy);
}

interface RingsProps extends LayerProps {
  readonly neighbours: ArrayLike<number>;
  readonly hover: HoverStore;
}

function Rings({ board, neighbours, frame, view, hover }: RingsProps) {
  const store = usePlaygroundStore();
  const theme = useThemeColours();
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const rect = viewRect(view.getState(), frame);
      const scale = rect.width / frame.picture.width;
      const around = (entry: number, least: number) => {
        const { x, y } = centreOf(board.layout, entry, board.places[entry]!);
        const size = board.layout.positions ? glyphSize(board, entry, scale) + 4 : scale;
        const shown = Math.max(least, size);
        return [rect.x + x * scale - shown / 2, rect.y + y * scale - shown / 2, shown, shown] as const;
      };
      context.strokeStyle = theme.accent;
      context.lineWidth = 1.25;
      for (let i = 0; i < neighbours.length; i++) context.strokeRect(...around(neighbours[i]!, 6));
      const selected = store.getState().selection.entry;
      if (selected !== undefined && selected < board.order.length) ring(context, theme, ...around(selected, 8), 2.5);
      const under = hover.getState().entry;
      if (under === undefined || under === selected) return;
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.25;
      context.strokeRect(...around(under, 6));
    },
    [board, neighbours, frame, view, hover, store, theme],
  );
  const subscribe = useCallback(
    (redraw: () => void) => {
      const stops = [
        view.subscribe(redraw),
        hover.subscribe((now, before) => now.entry !== before.entry && redraw()),
        store.subscribe((now: State, before: State) => now.selection.entry !== before.selection.entry && redraw()),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [view, hover, store],
  );
  const { width, height } = frame.panel;
  return <LiveCanvas className={styles.rings} width={width} height={height} draw={draw} subscribe={subscribe} aria-hidden />;
}

/**
 * An entry selected elsewhere (keys, scrubber, a neighbour) comes into view, and so does the selected one in a new order;
 * one that is pointed at stays where it is. Between rows and map everything is shown first.
 */
function useKeepInView(board: Board, frame: Frame, view: ViewStore, hover: HoverStore): void {
  const store = usePlaygroundStore();
  const isMap = board.layout.positions !== undefined;
  const reveal = useCallback(() => {
    const { entry } = store.getState().selection;
    if (entry === undefined || entry >= board.order.length) return;
    const { x, y } = centreOf(board.layout, entry, board.places[entry]!);
    const point = { x: x / board.layout.world.width, y: y / board.layout.world.height };
    view.setState(revealPoint(view.getState(), point, scaleOf(view.getState(), frame) / 2 + 8, frame));
  }, [store, board, frame, view]);
  useEffect(() => view.setState(FIT), [view, isMap]);
  // Another order brings it into view, another count does not.
  useEffect(reveal, [board.order]);
  useEffect(
    () =>
      store.subscribe(({ selection: { entry } }, before) => {
        if (entry !== before.selection.entry && entry !== hover.getState().entry) reveal();
      }),
    [store, hover, reveal],
  );
  // What was under the pointer is no longer there.
  useEffect(() => view.subscribe(() => hover.setState({ entry: undefined })), [view, hover]);
}
