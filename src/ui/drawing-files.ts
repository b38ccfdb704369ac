import type { Drawing, Mark } from './drawing.ts';
import { canvasBlob, familyInFiles } from './savable.ts';

/** Room around a saved figure, CSS pixels. */
const MARGIN = 24;
const SCALE = 2;

/** The drawing as PNG at twice its size on the page. */
export function drawingPng({ width, height, paper, marks }: Drawing): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (height + 2 * MARGIN) * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = paper;
  context.fillRect(0, 0, width + 2 * MARGIN, height + 2 * MARGIN);
  context.translate(MARGIN, MARGIN);
  context.imageSmoothingEnabled = false;
  for (const mark of marks) {
    context.save();
    drawMark(context, mark);
    context.restore();
  }
  return canvasBlob(canvas);
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark): void {
  if (mark.kind === 'raster') {
    const { x, y, width, height } = mark.box;
    context.drawImage(mark.image, x, y, width, height);
  } else if (mark.kind === 'fill') {
    context.globalAlpha = mark.opacity;
    context.fillStyle = mark.colour;
    context.fillRect(mark.box.x, mark.box.y, mark.box.width, mark.box.height);
  } else if (mark.kind === 'path') {
    const { fill, fillOpacity, stroke, strokeOpacity, line } = mark.paint;
    context.transform(...mark.at);
    const shape = new Path2D(mark.d);
    if (fill !== 'none') {
      context.globalAlpha = fillOpacity;
      context.fillStyle = fill;
      context.fill(shape);
    }
    if (stroke !== 'none') {
      context.globalAlpha = strokeOpacity;
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.stroke(shape);
    }
  } else {
    const { weight, size, family, spacing, colour } = mark.type;
    context.font = `${weight} ${size}px ${family}`;
    context.letterSpacing = `${spacing}px`;
    context.fillStyle = colour;
    context.fillText(mark.text, mark.x, mark.baseline);
  }
}

/** The drawing as SVG: shapes and words stay shapes and words, pictures are embedded. */
export function drawingSvg({ width, height, paper, marks }: Drawing): Blob {
  const [w, h] = [width + 2 * MARGIN, height + 2 * MARGIN].map(Math.ceil);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
    `<rect width="${w}" height="${h}" fill="${paper}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...marks.map(markSvg),
    '</g></svg>',
  ];
  return new Blob([svg.join('\n')], { type: 'image/svg+xml' });
}

function markSvg(mark: Mark): string {
  if (mark.kind === 'text') {
    const { family, size, weight, spacing, colour } = mark.type;
    // The length keeps words in their place where the page's typefaces are missing.
    return `<text x="${mark.x}" y="${mark.baseline}" textLength="${mark.width}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" font-family="${escapeText(familyInFiles(family))}" font-size="${size}" font-weight="${weight}" letter-spacing="${spacing}" fill="${colour}">${escapeText(mark.text)}</text>`;
  }
  if (mark.kind === 'path') {
    const { fill, fillOpacity, stroke, strokeOpacity, line } = mark.paint;
    return `<path d="${mark.d}" transform="matrix(${mark.at.join(' ')})" fill="${fill}" stroke="${stroke}" stroke-width="${line}" fill-opacity="${fillOpacity}" stroke-opacity="${strokeOpacity}"/>`;
  }
  const { x, y, width, height } = mark.box;
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  if (mark.kind === 'fill') return `<rect ${place} fill="${mark.colour}" opacity="${mark.opacity}"/>`;
  return `<image ${place} href="${dataAddress(mark.image)}" preserveAspectRatio="none"/>`;
}

function dataAddress(image: HTMLCanvasElement | HTMLImageElement): string {
  if (image instanceof HTMLCanvasElement) return image.toDataURL();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return canvas.toDataURL();
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
