import { type RefObject, useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import { canvasBlob, type Savable, useSavable } from '../ui/savable.ts';

/** Offers the entry's card for saving as a picture. */
export function useEntryFile(card: RefObject<HTMLElement | null>, entry: number): void {
  const { t } = useTexts();
  const title = t('codebook.saveEntry', { entry });
  const savable = useMemo<Savable>(
    () => ({ file: `entry-${entry}`, title, formats: { png: () => cardPicture(card.current!) } }),
    [card, entry, title],
  );
  useSavable(savable);
}

const SCALE = 2;
const MARGIN = 16;

/** The card as it stands on the page, at twice the size: its canvases, its chart, and its words where they stand. */
async function cardPicture(card: HTMLElement): Promise<Blob> {
  const box = card.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = (box.width + 2 * MARGIN) * SCALE;
  canvas.height = (box.height + 2 * MARGIN) * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim();
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(MARGIN - box.left, MARGIN - box.top);
  context.imageSmoothingEnabled = false;
  for (const part of card.querySelectorAll('canvas')) {
    const { left, top, width, height } = part.getBoundingClientRect();
    context.drawImage(part, left, top, width, height);
  }
  for (const path of card.querySelectorAll<SVGPathElement>('svg path')) drawPath(context, path);
  drawWords(context, card);
  return canvasBlob(canvas);
}

function drawPath(context: CanvasRenderingContext2D, path: SVGPathElement): void {
  const svg = path.ownerSVGElement!.getBoundingClientRect();
  const { fill, stroke, strokeWidth, opacity } = getComputedStyle(path);
  const shape = new Path2D(path.getAttribute('d') ?? '');
  context.save();
  context.translate(svg.left, svg.top);
  context.globalAlpha = Number(opacity);
  if (fill !== 'none') {
    context.fillStyle = fill;
    context.fill(shape);
  }
  if (stroke !== 'none') {
    context.strokeStyle = stroke;
    context.lineWidth = Number.parseFloat(strokeWidth);
    context.stroke(shape);
  }
  context.restore();
}

/** Every run of text, line by line, in its own type and colour. */
function drawWords(context: CanvasRenderingContext2D, card: HTMLElement): void {
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement!;
    const text = node.textContent ?? '';
    if (text.trim() === '' || parent.localName === 'title' || parent.closest('button[aria-label]')?.textContent === text)
      continue;
    const { color, fill, fontWeight, fontSize, fontFamily, letterSpacing } = getComputedStyle(parent);
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    context.letterSpacing = letterSpacing === 'normal' ? '0px' : letterSpacing;
    context.fillStyle = parent instanceof SVGElement ? fill : color;
    context.textBaseline = 'middle';
    let start = 0;
    let top: number | undefined;
    for (let end = 1; end <= text.length + 1; end++) {
      range.setStart(node, end - 1);
      range.setEnd(node, Math.min(end, text.length));
      const next = end > text.length ? undefined : range.getBoundingClientRect().top;
      if (top !== undefined && next !== top) {
        range.setStart(node, start);
        range.setEnd(node, end - 1);
        const line = range.getBoundingClientRect();
        context.fillText(text.slice(start, end - 1).trimEnd(), line.left, line.top + line.height / 2);
        start = end - 1;
      }
      top = next;
    }
  }
}
