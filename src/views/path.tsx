import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { Rect } from '../core/framing.ts';
import type { GridShape } from '../core/token-grid.ts';
import { usePlaygroundStore } from '../state/hooks.ts';
import { clampCell, tokenAt } from '../state/selection.ts';
import type { Result, Selection } from '../state/store.ts';
import { entryRectangle } from './board-geometry.ts';
import type { Board } from './board-order.ts';
import { cellRectangle } from './cell-rectangle.ts';
import { useDrawSelection } from './draw-selection.ts';
import type { Funnel } from './funnel-geometry.ts';
import styles from './path.module.css';
import { type PathLines, type PathStops, type Point, traceNarrowPath, tracePath } from './path-geometry.ts';
import { type Planes, plumbLine } from './plane-geometry.ts';

interface PathProps {
  /** The figure the line is drawn over; stages in it carry `data-anchor`. */
  readonly figure: HTMLElement | null;
  readonly result: Result;
  readonly planes: Planes | undefined;
  readonly board: Board | undefined;
  readonly encoder: Funnel;
  readonly decoder: Funnel;
  readonly narrow: boolean;
  /** Counts clicks on a token: each lets it fly to its entry once. */
  readonly flights: number;
}

type Anchors = Readonly<Record<string, Rect | undefined>>;

const FLIGHT_MS = 240;

/** The one continuous line of the selected cell through every stage, with its drop lines and call-outs. */
export function Path({ figure, result, planes, board, encoder, decoder, narrow, flights }: PathProps) {
  const svg = useRef<SVGSVGElement>(null);
  const flight = useRef('');
  const anchors = useRef<Anchors>({});
  const store = usePlaygroundStore();
  const draw = useCallback(
    (selection: Selection) => {
      const stops = findStops(anchors.current, { result, planes, board, encoder, decoder }, selection);
      const lines = narrow ? traceNarrowPath(stops, anchors.current.grid?.y ?? 0) : tracePath(stops);
      flight.current = lines.flight;
      if (svg.current) setLines(svg.current, lines);
    },
    [result, planes, board, encoder, decoder, narrow],
  );
  const measure = useCallback(() => {
    if (!figure) return;
    anchors.current = measureAnchors(figure);
    draw(store.getState().selection);
  }, [figure, draw, store]);
  // After React's changes, before they are on screen: however many of them fall into one frame, the page is laid out once.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(measure);
    return () => cancelAnimationFrame(frame);
  });
  // What moves without React: fonts, the window.
  useLayoutEffect(() => {
    if (!figure) return;
    const observer = new ResizeObserver(measure);
    for (const element of [figure, ...figure.querySelectorAll('[data-anchor], header')]) observer.observe(element);
    return () => observer.disconnect();
  }, [figure, measure]);
  useDrawSelection(draw);
  useEffect(() => {
    if (flights > 0 && svg.current) fly(svg.current, flight.current);
  }, [flights]);
  return (
    <svg ref={svg} className={styles.path} aria-hidden="true">
      <path className={styles.halo} />
      <path className={styles.thinHalo} />
      <path className={styles.thin} />
      <path className={styles.main} />
    </svg>
  );
}

function setLines(svg: SVGSVGElement, { main, thin }: PathLines): void {
  [main, thin, thin, main].forEach((d, i) => {
    svg.children[i]?.setAttribute('d', d);
  });
}

function measureAnchors(figure: HTMLElement): Anchors {
  const origin = figure.getBoundingClientRect();
  const anchors: Record<string, Rect> = {};
  for (const element of figure.querySelectorAll<HTMLElement>('[data-anchor]')) {
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width > 0) anchors[element.dataset.anchor!] = { x: left - origin.left, y: top - origin.top, width, height };
  }
  return anchors;
}

interface Parts {
  readonly result: Result;
  readonly planes: Planes | undefined;
  readonly board: Board | undefined;
  readonly encoder: Funnel;
  readonly decoder: Funnel;
}

function findStops(anchors: Anchors, { result, planes, board, encoder, decoder }: Parts, selection: Selection): PathStops {
  const { shape } = result.grid;
  const cell = clampCell(shape, selection.cell);
  const within = (stage: Rect | undefined, place: (width: number, height: number) => Rect) => {
    if (!stage) return undefined;
    const { x, y, ...size } = place(stage.width, stage.height);
    return { x: stage.x + x, y: stage.y + y, ...size };
  };
  const inPicture = (name: string) => within(anchors[name], (width, height) => cellRectangle(shape, cell, width, height));
  const { latents, grid } = anchors;
  const plumb = planes && latents && plumbLine(planes, shape, cell);
  return {
    source: inPicture('source'),
    encoder: slabPoints(anchors.encoder, encoder, shape, cell.row),
    plumb: plumb && {
      x: latents.x + plumb.x,
      first: latents.y + plumb.first,
      last: latents.y + plumb.last,
      bottom: latents.y + latents.height,
    },
    entry: board && within(anchors.codebook, (width, height) => entryRectangle(board, tokenAt(result.grid, cell), width, height)),
    token: inPicture('grid'),
    tokenStageBottom: grid ? grid.y + grid.height : 0,
    decoder: [...slabPoints(anchors.decoder, decoder, shape, cell.row)].reverse(),
    reconstruction: inPicture('reconstruction'),
    sourceLens: anchors['source-lens'],
    reconstructionLens: anchors['reconstruction-lens'],
    vector: anchors.vector,
    nearest: anchors.nearest,
    tokenBlock: anchors.token,
  };
}

/** The line converges with the slabs: each is crossed at the row's share of its height. Large end first. */
function slabPoints(stage: Rect | undefined, { slabs }: Funnel, { h }: GridShape, row: number): Point[] {
  if (!stage) return [];
  const share = (row + 0.5) / h - 0.5;
  return slabs.map(({ x, tall }) => ({ x: stage.x + x, y: stage.y + stage.height / 2 + share * tall }));
}

/** A token flies along the line to its entry, once. */
function fly(svg: SVGSVGElement, way: string): void {
  if (!way || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const token = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ x: -5, y: -5, width: 10, height: 10 })) token.setAttribute(name, String(value));
  token.setAttribute('class', styles.flying ?? '');
  token.style.offsetPath = `path("${way}")`;
  token.style.offsetRotate = '0deg';
  svg.append(token);
  const animation = token.animate({ offsetDistance: ['0%', '100%'] }, { duration: FLIGHT_MS, easing: 'ease-out' });
  animation.onfinish = () => token.remove();
}
