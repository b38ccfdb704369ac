import { select } from 'd3-selection';
import { zoom as d3zoom, type ZoomTransform, zoomIdentity } from 'd3-zoom';
import { type RefObject, useEffect } from 'react';
import { clampView, type Frame, fitScale, scaleOf, type View } from './viewport.ts';

/** The view that panels share. Keep it stable. */
export interface SharedView {
  read(): View;
  write(view: View): void;
}

/**
 * Wheel, pinch and drag on an element. Where there is nothing to pan, a drag is left to the page, and so is a wheel
 * that would make a fitted picture smaller still: the page scrolls. `frame` is kept stable by the caller (useMemo).
 */
export function useZoom(element: RefObject<HTMLElement | null>, frame: Frame, shared: SharedView): void {
  useEffect(() => {
    const node: ZoomedElement | null = element.current;
    if (!node || frame.panel.width < 1 || frame.panel.height < 1) return;
    const fit = fitScale(frame);
    // Another panel, or a key, may have moved the view: d3 gets the shared one before it reads its own copy.
    const synchronise = () => {
      node.__zoom = toTransform(clampView(shared.read(), frame), frame);
    };
    const behaviour = d3zoom<HTMLElement, unknown>()
      .extent([
        [0, 0],
        [frame.panel.width, frame.panel.height],
      ])
      .scaleExtent([Math.min(1, frame.least / fit), Math.max(1, frame.most / fit)])
      .constrain((transform) => toTransform(clampView(toView(transform, frame), frame), frame))
      .filter((event: Event) => takes(event, scaleOf(clampView(shared.read(), frame), frame) > fit * 1.001))
      .on('zoom', (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (event.sourceEvent) shared.write(clampView(toView(event.transform, frame), frame));
      });
    node.addEventListener('wheel', synchronise, { capture: true, passive: true });
    node.addEventListener('pointerdown', synchronise, { capture: true });
    select<HTMLElement, unknown>(node).call(behaviour).on('dblclick.zoom', null);
    synchronise();
    return () => {
      select(node).on('.zoom', null);
      node.removeEventListener('wheel', synchronise, { capture: true });
      node.removeEventListener('pointerdown', synchronise, { capture: true });
    };
  }, [element, frame, shared]);
}

/** Where d3-zoom keeps an element's transform. */
type ZoomedElement = HTMLElement & { __zoom?: ZoomTransform };

function takes(event: Event, zoomedIn: boolean): boolean {
  if ((event.target as Element | null)?.closest('[role="slider"], button')) return false;
  if (event instanceof WheelEvent) return zoomedIn || event.deltaY < 0 || event.ctrlKey;
  if (event instanceof MouseEvent) return event.button === 0 && !event.ctrlKey && !event.shiftKey && zoomedIn;
  if (typeof TouchEvent !== 'undefined' && event instanceof TouchEvent) return event.touches.length > 1 || zoomedIn;
  return zoomedIn;
}

/** d3's world: the panel at fit, with the picture in its middle. */
function toTransform(view: View, frame: Frame): ZoomTransform {
  const { panel, picture } = frame;
  const fit = fitScale(frame);
  const k = scaleOf(view, frame) / fit;
  const worldX = panel.width / 2 + (view.x - 0.5) * picture.width * fit;
  const worldY = panel.height / 2 + (view.y - 0.5) * picture.height * fit;
  return zoomIdentity.translate(panel.width / 2 - worldX * k, panel.height / 2 - worldY * k).scale(k);
}

function toView({ k, x, y }: ZoomTransform, frame: Frame): View {
  const { panel, picture } = frame;
  const fit = fitScale(frame);
  const worldX = (panel.width / 2 - x) / k;
  const worldY = (panel.height / 2 - y) / k;
  return {
    zoom: k * fit,
    x: 0.5 + (worldX - panel.width / 2) / (picture.width * fit),
    y: 0.5 + (worldY - panel.height / 2) / (picture.height * fit),
  };
}
