import { registry } from './registry.ts';

export type SaveFormat = 'png' | 'svg' | 'csv' | 'json' | 'npy' | 'zip';

/** Something on the page that can be saved; the page's Save menu lists all that are mounted. */
export interface Savable {
  /** File name without ending. */
  readonly file: string;
  /** As the menu names it, in the visitor's language. */
  readonly title: string;
  readonly formats: Readonly<Partial<Record<SaveFormat, () => Blob | Promise<Blob>>>>;
}

const savables = registry<Savable>();

/** Offers something for saving while the component is mounted; keep it stable (useMemo). */
export const useSavable = savables.useEntry;
export const useSavables = savables.useEntries;

export function canvasBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas is empty.'))), 'image/png');
  });
}

/** A file may be read where the page's typefaces are not: then the faces most alike come before those for Chinese. */
export function familyInFiles(family: string): string {
  return family
    .replace('"Inter Variable",', '"Inter Variable", Inter, "Helvetica Neue", Helvetica, Arial,')
    .replace('"JetBrains Mono Variable",', '"JetBrains Mono Variable", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono",');
}

/** An SVG element as a file of its own: custom properties and fonts resolved, so that it looks the same elsewhere. */
export function svgBlob(svg: SVGSVGElement): Blob {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  const to = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  const properties = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-weight', 'text-anchor'];
  from.forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const property of properties) to[index]!.style.setProperty(property, style.getPropertyValue(property));
    to[index]!.style.fontFamily = familyInFiles(style.fontFamily);
    to[index]!.removeAttribute('class');
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.style.background = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim();
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' });
}

export function csvBlob(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): Blob {
  const field = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [header, ...rows].map((row) => row.map(field).join(','));
  return new Blob([`${lines.join('\n')}\n`], { type: 'text/csv' });
}
