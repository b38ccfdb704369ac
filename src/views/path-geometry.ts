import type { Rect } from '../core/framing.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the selected cell lies in every stage, in CSS pixels of the figure. undefined: that stage is empty. */
export interface PathStops {
  readonly source: Rect | undefined;
  /** The middle of every slab, left to right. */
  readonly encoder: readonly Point[];
  /** The plumb line: its x, where it starts and ends, and where the stage ends. */
  readonly plumb: { readonly x: number; readonly first: number; readonly last: number; readonly bottom: number } | undefined;
  readonly entry: Rect | undefined;
  readonly token: Rect | undefined;
  readonly tokenStageBottom: number;
  readonly decoder: readonly Point[];
  readonly reconstruction: Rect | undefined;
  readonly sourceLens: Rect | undefined;
  readonly reconstructionLens: Rect | undefined;
  readonly vector: Rect | undefined;
  readonly nearest: Rect | undefined;
  readonly tokenBlock: Rect | undefined;
}

export interface PathLines {
  /** The continuous line from patch to patch, its drop lines and arrowheads. */
  readonly main: string;
  /** Call-outs from the patches to their lenses. */
  readonly thin: string;
  /** From the token back to its entry. */
  readonly flight: string;
}

const round = (value: number) => Math.round(value * 10) / 10;
const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
const middle = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 });
const leftOf = (rect: Rect): Point => ({ x: rect.x - 1, y: middle(rect).y });
const rightOf = (rect: Rect): Point => ({ x: rect.x + rect.width + 1, y: middle(rect).y });

/** A curve that leaves and arrives level. `reach`: how far the handles go, as a share of the way. */
function curve(from: Point, to: Point, reach = 0.5): string {
  const across = (to.x - from.x) * reach;
  return `M${at(from)}C${at({ x: from.x + across, y: from.y })} ${at({ x: to.x - across, y: to.y })} ${at(to)}`;
}

function line(points: readonly Point[]): string {
  return points.map((point, i) => `${i ? 'L' : 'M'}${at(point)}`).join('');
}

function arrow({ x, y }: Point): string {
  return line([
    { x: x - 8, y: y - 4.5 },
    { x: x - 1, y },
    { x: x - 8, y: y + 4.5 },
  ]);
}

/** The line through all stages side by side. */
export function tracePath(stops: PathStops): PathLines {
  const { source, plumb, entry, token, reconstruction, encoder, decoder } = stops;
  const main: string[] = [];
  const plumbAt = plumb && { x: plumb.x, y: clamp(encoder.at(-1)?.y ?? plumb.first, plumb.first, plumb.last) };
  if (source && encoder.length) main.push(curve(rightOf(source), encoder[0]!), line(encoder));
  if (source && encoder.length && plumbAt) main.push(curve(encoder.at(-1)!, plumbAt, 0.4));
  // Tokens that came without a picture begin at their entry.
  const before = plumbAt ?? (source && encoder.at(-1));
  const wide = entry && { ...entry, x: entry.x - 3, width: entry.width + 6 };
  if (before && wide) main.push(curve(before, leftOf(wide), 0.45), arrow(leftOf(wide)));
  if (token && (wide || before)) main.push(curve(wide ? rightOf(wide) : before!, leftOf(token)), arrow(leftOf(token)));
  if (token && decoder.length) main.push(curve(rightOf(token), decoder[0]!), line(decoder));
  if (reconstruction && decoder.length) {
    main.push(curve(decoder.at(-1)!, leftOf(reconstruction)), arrow(leftOf(reconstruction)));
  }
  main.push(...dropLines(stops));
  return {
    main: main.join(''),
    thin: callOut(source, stops.sourceLens) + callOut(reconstruction, stops.reconstructionLens),
    flight: token && wide ? curve(leftOf(token), rightOf(wide)) : '',
  };
}

function dropLines({ plumb, entry, token, tokenStageBottom, vector, nearest, tokenBlock }: PathStops): string[] {
  const drops: string[] = [];
  if (plumb && vector) {
    drops.push(
      line([
        { x: plumb.x, y: plumb.bottom },
        { x: plumb.x, y: vector.y },
      ]),
    );
  }
  if (entry && nearest) {
    const { x } = middle(entry);
    drops.push(
      line([
        { x, y: entry.y + entry.height + 3 },
        { x, y: nearest.y },
      ]),
    );
  }
  if (token && tokenBlock) {
    const turn = tokenStageBottom + 5;
    const x = tokenBlock.x + Math.min(30, tokenBlock.width / 2);
    drops.push(
      line([
        { x: middle(token).x, y: token.y + token.height + 1 },
        { x: middle(token).x, y: turn },
        { x, y: turn },
        { x, y: tokenBlock.y },
      ]),
    );
  }
  return drops;
}

/** From the lower corners of a patch to the upper corners of its lens. */
function callOut(patch: Rect | undefined, lens: Rect | undefined): string {
  if (!patch || !lens) return '';
  const foot = patch.y + patch.height + 1;
  return (
    line([
      { x: patch.x - 1, y: foot },
      { x: lens.x, y: lens.y },
    ]) +
    line([
      { x: patch.x + patch.width + 1, y: foot },
      { x: lens.x + lens.width, y: lens.y },
    ])
  );
}

/** On narrow screens the token grid lies under the two pictures, and the line joins all three. */
export function traceNarrowPath({ source, token, reconstruction }: PathStops, gridTop: number): PathLines {
  if (!token) return { main: '', thin: '', flight: '' };
  const turn = gridTop - 22;
  const down = (rect: Rect) => ({ x: middle(rect).x, y: rect.y + rect.height + 1 });
  const top = { x: middle(token).x, y: token.y - 1 };
  const main = [source, reconstruction].map((rect) =>
    rect ? line([down(rect), { x: down(rect).x, y: turn }, { x: top.x, y: turn }, top]) : '',
  );
  return { main: main.join(''), thin: '', flight: '' };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
