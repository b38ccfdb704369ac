import type { EntryPictures } from '../state/store.ts';

/** Pictures of entries on a few large canvases, so that thousands can be drawn in a frame. */
interface Sheets {
  readonly canvases: (HTMLCanvasElement | undefined)[];
  readonly drawn: Uint8Array;
}

/** Entries a row and rows on one sheet. */
const SHEET = 32;

/** By the memory behind the pictures, which stays the same while pictures arrive. */
const sheetsOf = new WeakMap<Uint8ClampedArray, Sheets>();

/** Draws the picture of an entry into a square; false when it is not known yet. */
export function drawEntryPicture(
  context: CanvasRenderingContext2D,
  pictures: EntryPictures | undefined,
  entry: number,
  x: number,
  y: number,
  size: number,
): boolean {
  if (!pictures?.known[entry]) return false;
  const { side } = pictures;
  const sheet = sheetWith(pictures, entry);
  const place = entry % (SHEET * SHEET);
  context.drawImage(sheet, (place % SHEET) * side, Math.floor(place / SHEET) * side, side, side, x, y, size, size);
  return true;
}

function sheetWith(pictures: EntryPictures, entry: number): HTMLCanvasElement {
  const { data, known, side } = pictures;
  let sheets = sheetsOf.get(data);
  if (!sheets) {
    sheets = { canvases: [], drawn: new Uint8Array(known.length) };
    sheetsOf.set(data, sheets);
  }
  const number = Math.floor(entry / (SHEET * SHEET));
  const canvas = sheets.canvases[number] ?? emptySheet(side);
  sheets.canvases[number] = canvas;
  if (!sheets.drawn[entry]) copyPictures(canvas, pictures, sheets.drawn, number * SHEET * SHEET);
  return canvas;
}

function emptySheet(side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SHEET * side;
  return canvas;
}

/** Puts all pictures on their sheet that came since. */
function copyPictures(sheet: HTMLCanvasElement, { data, known, side }: EntryPictures, drawn: Uint8Array, first: number): void {
  const context = sheet.getContext('2d')!;
  const each = side * side * 4;
  for (let entry = first; entry < Math.min(known.length, first + SHEET * SHEET); entry++) {
    if (!known[entry] || drawn[entry]) continue;
    const place = entry - first;
    const picture = new ImageData(data.slice(entry * each, (entry + 1) * each), side, side);
    context.putImageData(picture, (place % SHEET) * side, Math.floor(place / SHEET) * side);
    drawn[entry] = 1;
  }
}
