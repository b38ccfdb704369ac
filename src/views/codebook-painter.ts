import type { EntryPictures } from '../state/store.ts';
import { paint } from '../ui/canvas.tsx';
import type { ThemeColours } from '../ui/theme.ts';
import { type Frame, scaleOf, type View, viewRect } from '../ui/viewport.ts';
import { type Board, type BoardView, drawGlyph, drawMapFar, drawRowsFar } from './codebook-board.ts';
import { entriesIn } from './codebook-layout.ts';

/** More entries than this in view are drawn from far away. */
const MOST = 5000;
/** Time for entries in one frame of the screen; the rest follow in the next. */
const SLICE_MS = 8;

export interface Scene {
  readonly board: Board;
  readonly pictures: EntryPictures | undefined;
  readonly theme: ThemeColours;
  readonly frame: Frame;
  readonly view: View;
  readonly ratio: number;
}

export interface Painter {
  /** Draws at the next frame of the screen, then goes on in slices until everything in view is there. */
  draw(scene: Scene): void;
  stop(): void;
}

/** Keeps a canvas of any number of entries up to date without ever holding up the page. `onSeen` gets the entries in view. */
export function boardPainter(canvas: HTMLCanvasElement, onSeen: (entries: readonly number[]) => void): Painter {
  let frame = 0;
  let settled = 0;
  return {
    draw(scene) {
      cancelAnimationFrame(frame);
      clearTimeout(settled);
      frame = requestAnimationFrame(() => {
        const waiting = begin(canvas, scene);
        const goOn = () => {
          if (waiting.draw()) settled = window.setTimeout(() => onSeen(waiting.entries), 120);
          else frame = requestAnimationFrame(goOn);
        };
        goOn();
      });
    },
    stop() {
      cancelAnimationFrame(frame);
      clearTimeout(settled);
    },
  };
}

interface Waiting {
  readonly entries: readonly number[];
  /** Draws for one slice; true when all are drawn. */
  draw(): boolean;
}

function begin(canvas: HTMLCanvasElement, scene: Scene): Waiting {
  const { board, frame, view, ratio, theme } = scene;
  const rect = viewRect(view, frame);
  const scale = rect.width / frame.picture.width;
  const boardView = { rect, scale };
  const part = { x: -rect.x / scale, y: -rect.y / scale, width: frame.panel.width / scale, height: frame.panel.height / scale };
  const inView = entriesIn(board.layout, board.order, part, MOST);
  const tooMany = inView.length > MOST;
  const isMap = board.layout.positions !== undefined;
  // Entries that take more than one slice appear on top of the far view, not on nothing.
  const underlay = tooMany || (!isMap && inView.length > 1500);
  paint(canvas, frame.panel.width, frame.panel.height, ratio, (context) => {
    if (tooMany && isMap) drawMapFar(context, board, theme, boardView, ratio);
    else if (underlay) drawRowsFar(context, board, theme, boardView);
  });
  const entries = tooMany ? [] : isMap ? usedLast(board, inView) : inView;
  return { entries, draw: slices(canvas.getContext('2d')!, scene, boardView, entries, underlay) };
}

function slices(context: CanvasRenderingContext2D, scene: Scene, view: BoardView, entries: readonly number[], clear: boolean) {
  const { board, pictures, theme, frame } = scene;
  let next = 0;
  return () => {
    const end = performance.now() + SLICE_MS;
    while (next < entries.length && (next % 16 !== 0 || performance.now() < end)) {
      const entry = entries[next++]!;
      if (clear) clearPlace(context, board, view, entry, scaleOf(scene.view, frame));
      drawGlyph(context, board, pictures, theme, view, entry);
    }
    return next >= entries.length;
  };
}

function clearPlace(
  context: CanvasRenderingContext2D,
  { layout, places }: Board,
  { rect }: BoardView,
  entry: number,
  scale: number,
): void {
  const place = places[entry]!;
  context.clearRect(rect.x + (place % layout.columns) * scale, rect.y + Math.floor(place / layout.columns) * scale, scale, scale);
}

/** On the map, points may cover each other: what is used comes on top. */
function usedLast({ counts }: Board, entries: readonly number[]): readonly number[] {
  return [...entries].sort((a, b) => counts[a]! - counts[b]!);
}
