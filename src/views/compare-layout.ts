import type { Size } from '../core/framing.ts';

/** Sizes of one row of Compare, CSS pixels. */
export interface CompareLayout {
  /** rows: numbers, two panels, loupes side by side; single: numbers and loupes under each other, panels large; phone: all stacked. */
  readonly kind: 'rows' | 'single' | 'phone';
  readonly panel: Size;
  readonly numbers: number;
  /** Numbers in two columns, where the row is low. */
  readonly twoColumns: boolean;
  /** Height of one line of numbers. */
  readonly line: number;
  /** Side of one of the two loupes. */
  readonly loupe: number;
  readonly gap: number;
}

interface Room {
  /** Width of the content. */
  readonly width: number;
  /** Height under the tools, to the end of the window. */
  readonly height: number;
}

const CAPTION = 24;
/** Name, facts and verbs over the numbers. */
const TITLE = 78;
/** Colour values and token under the loupes. */
const READOUT = 114;

/**
 * How large everything can be, so that up to two rows need no scrolling. `lines` is how many numbers a model has;
 * `halves`: a phone shows two pictures beside each other.
 */
export function compareLayout(room: Room, rows: number, lines: number, picture: Size, halves: boolean): CompareLayout {
  if (room.width < 660) return phoneLayout(room, picture, halves);
  return rows > 1 ? rowsLayout(room, rows, lines, picture) : singleLayout(room, lines, picture);
}

function phoneLayout(room: Room, picture: Size, halves: boolean): CompareLayout {
  const half = Math.floor((room.width - 16) / 2);
  const width = halves ? half : room.width;
  const panel = { width, height: Math.round(Math.min(width * 1.4, (width * picture.height) / picture.width)) };
  return { kind: 'phone', panel, numbers: room.width, twoColumns: true, line: 26, loupe: half, gap: 16 };
}

function singleLayout(room: Room, lines: number, picture: Size): CompareLayout {
  const gap = 24;
  const numbers = room.width >= 1100 ? 280 : 256;
  const height = room.height - CAPTION - 40;
  const width = Math.floor(Math.min((room.width - numbers - 2 * gap) / 2, Math.max(240, height) * aspect(picture)));
  const line = Math.max(20, Math.min(28, (height - TITLE - 90 - READOUT) / lines));
  const loupe = Math.max(72, Math.min((numbers - 16) / 2, height - TITLE - lines * line - READOUT - 14));
  return { kind: 'single', panel: panelSize(width, picture), numbers, twoColumns: false, line, loupe: Math.floor(loupe), gap };
}

function rowsLayout(room: Room, rows: number, lines: number, picture: Size): CompareLayout {
  const wide = room.width >= 1100;
  const gap = wide ? 28 : 20;
  const least = wide ? 236 : 204;
  const shown = Math.min(rows, 2);
  const height = Math.max(200, (room.height - shown * (CAPTION + 30) - 14) / shown);
  const width = Math.floor(Math.min((room.width - least - 3 * gap - 204) / 2, height * aspect(picture)));
  const panel = panelSize(width, picture);
  const rest = room.width - least - 2 * width - 3 * gap;
  const loupe = Math.floor(Math.max(80, Math.min((rest - 16) / 2, panel.height - READOUT)));
  const numbers = Math.min(420, least + Math.max(0, rest - 2 * loupe - 16));
  const twoColumns = numbers >= 340 && panel.height < 300;
  const line = Math.max(16.5, Math.min(26, (panel.height + CAPTION - TITLE) / (twoColumns ? Math.ceil(lines / 2) : lines)));
  return { kind: 'rows', panel, numbers: twoColumns ? numbers : least, twoColumns, line, loupe, gap };
}

function aspect(picture: Size): number {
  return Math.max(1, picture.width / picture.height);
}

/** As tall as the picture asks for, but no portrait taller than wide: it stands in the middle. */
function panelSize(width: number, picture: Size): Size {
  return { width, height: Math.round(Math.min(width, (width * picture.height) / picture.width)) };
}
