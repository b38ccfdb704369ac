/**
 * A part of the page as a list of marks: what stands on it as rasters, shapes, rules and words, in CSS pixels from its
 * upper left corner. From that list one makes a PNG or an SVG that looks like the page.
 */
export type Mark =
  | { readonly kind: 'raster'; readonly image: HTMLCanvasElement | HTMLImageElement; readonly box: Box }
  | { readonly kind: 'fill'; readonly box: Box; readonly colour: string; readonly opacity: number }
  | { readonly kind: 'path'; readonly d: string; readonly at: Matrix; readonly paint: Paint }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      readonly baseline: number;
      readonly width: number;
      readonly type: Type;
    };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** As in CSS `matrix()`. */
type Matrix = readonly [number, number, number, number, number, number];

export interface Paint {
  readonly fill: string;
  readonly fillOpacity: number;
  readonly stroke: string;
  readonly strokeOpacity: number;
  readonly line: number;
}

export interface Type {
  readonly family: string;
  /** CSS pixels. */
  readonly size: number;
  readonly weight: string;
  readonly spacing: number;
  readonly colour: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly paper: string;
  readonly marks: readonly Mark[];
}

const LEFT_OUT = '.unseen, [popover], input, [data-unsaved]';

/** Everything visible inside an element; parts marked `data-unsaved`, fields and words for screen readers stay out. */
export function drawingOf(element: HTMLElement): Drawing {
  const { left, top, width, height } = element.getBoundingClientRect();
  const marks: Mark[] = [];
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) return void marks.push(...wordsOf(node as Text, left, top));
    if (!(node instanceof Element) || node.matches(LEFT_OUT)) return;
    if (node instanceof HTMLElement) marks.push(...rulesOf(node, left, top));
    if (node instanceof SVGGeometryElement) return void marks.push(shapeOf(node, left, top));
    if (node instanceof HTMLCanvasElement || node instanceof HTMLImageElement) {
      marks.push({ kind: 'raster', image: node, box: boxOf(node, left, top) });
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(element);
  return { width, height, paper: getComputedStyle(document.documentElement).getPropertyValue('--paper').trim(), marks };
}

function boxOf(element: Element, left: number, top: number): Box {
  const box = element.getBoundingClientRect();
  return { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
}

/** Background and borders. */
function rulesOf(element: HTMLElement, left: number, top: number): Mark[] {
  const style = getComputedStyle(element);
  const box = boxOf(element, left, top);
  const opacity = Number(style.opacity);
  const fill = (part: Partial<Box>, colour: string): Mark => ({ kind: 'fill', box: { ...box, ...part }, colour, opacity });
  const marks: Mark[] = [];
  if (visible(style.backgroundColor)) marks.push(fill({}, style.backgroundColor));
  const sides = { top: Number.parseFloat(style.borderTopWidth), bottom: Number.parseFloat(style.borderBottomWidth) };
  if (sides.top > 0 && visible(style.borderTopColor)) marks.push(fill({ height: sides.top }, style.borderTopColor));
  if (sides.bottom > 0 && visible(style.borderBottomColor)) {
    marks.push(fill({ y: box.y + box.height - sides.bottom, height: sides.bottom }, style.borderBottomColor));
  }
  return marks;
}

function visible(colour: string): boolean {
  return colour !== 'transparent' && !/, 0\)$/.test(colour);
}

function shapeOf(element: SVGGeometryElement, left: number, top: number): Mark {
  const style = getComputedStyle(element);
  const { a, b, c, d, e, f } = element.getScreenCTM() ?? new DOMMatrix();
  const paint = {
    fill: style.fill,
    fillOpacity: Number(style.opacity) * Number(style.fillOpacity),
    stroke: style.stroke,
    strokeOpacity: Number(style.opacity) * Number(style.strokeOpacity),
    line: Number.parseFloat(style.strokeWidth) || 1,
  };
  return { kind: 'path', d: outline(element), at: [a, b, c, d, e - left, f - top], paint };
}

function outline(element: SVGGeometryElement): string {
  if (element instanceof SVGRectElement) {
    const [x, y, width, height] = [element.x, element.y, element.width, element.height].map((side) => side.baseVal.value);
    return `M${x} ${y}h${width}v${height}h${-width!}z`;
  }
  if (element instanceof SVGLineElement) {
    const [x1, y1, x2, y2] = [element.x1, element.y1, element.x2, element.y2].map((end) => end.baseVal.value);
    return `M${x1} ${y1}L${x2} ${y2}`;
  }
  return element.getAttribute('d') ?? '';
}

/** The lines of a run of text, each where it stands. */
function wordsOf(node: Text, left: number, top: number): Mark[] {
  const parent = node.parentElement;
  if (!parent || node.data.trim() === '') return [];
  const style = getComputedStyle(parent);
  const size = Number.parseFloat(style.fontSize);
  const type = {
    family: style.fontFamily,
    size,
    weight: style.fontWeight,
    spacing: Number.parseFloat(style.letterSpacing) || 0,
    colour: parent instanceof SVGElement ? style.fill : style.color,
  };
  return linesOf(node).map(({ text, box }) => ({
    kind: 'text',
    text,
    x: box.left - left,
    width: box.width,
    // Inter and JetBrains Mono: the base line lies 0.36 em under the middle of the line.
    baseline: box.top + box.height / 2 - top + size * 0.36,
    type,
  }));
}

function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  const boxOfPart = (from: number, to: number) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const lines: { text: string; from: number; to: number; top: number }[] = [];
  for (let i = 0; i < node.data.length; i++) {
    const { top, width } = boxOfPart(i, i + 1);
    // White space that the page does not show.
    if (width === 0) continue;
    const line = lines.at(-1);
    const letter = node.data[i]!.replace(/\s/, ' ');
    if (!line || Math.abs(top - line.top) > 4) lines.push({ text: letter, from: i, to: i + 1, top });
    else Object.assign(line, { text: line.text + letter, to: i + 1 });
  }
  return lines.filter(({ text }) => text.trim()).map(({ text, from, to }) => ({ text, box: boxOfPart(from, to) }));
}
