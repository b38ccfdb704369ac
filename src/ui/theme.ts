import { useEffect, useState } from 'react';

export interface ThemeColours {
  readonly dark: boolean;
  readonly paper: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly hair: string;
  readonly faint: string;
  readonly accent: string;
  readonly halo: string;
  readonly negative: string;
  readonly positive: string;
  readonly gridLine: string;
}

/** The colours of theme.css for drawing on a canvas. */
function readThemeColours(): ThemeColours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    dark: document.documentElement.dataset.theme === 'dark',
    paper: read('--paper'),
    ink: read('--ink'),
    ink2: read('--ink-2'),
    ink3: read('--ink-3'),
    hair: read('--hair'),
    faint: read('--faint'),
    accent: read('--accent'),
    halo: read('--halo'),
    negative: read('--negative'),
    positive: read('--positive'),
    gridLine: read('--grid-line'),
  };
}

/** The same object until the theme changes. */
export function useThemeColours(): ThemeColours {
  const [colours, setColours] = useState(readThemeColours);
  useEffect(() => {
    const observer = new MutationObserver(() => setColours(readThemeColours()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return colours;
}

/** The selection's ring: accent on a halo, around a rectangle in CSS pixels. */
export function ring(
  context: CanvasRenderingContext2D,
  colours: ThemeColours,
  x: number,
  y: number,
  width: number,
  height: number,
  line = 2,
): void {
  context.save();
  context.globalAlpha = 1;
  context.lineJoin = 'miter';
  context.strokeStyle = colours.halo;
  context.lineWidth = line + 2.5;
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
  context.strokeStyle = colours.accent;
  context.lineWidth = line;
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
  context.restore();
}
