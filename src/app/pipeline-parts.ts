import { useCallback, useMemo, useState } from 'react';
import type { Result, Slot } from '../state/store.ts';
import { funnelIn } from '../views/funnel-geometry.ts';
import { planesIn, planesShown } from '../views/plane-geometry.ts';
import { useBoard } from '../views/use-board.ts';
import { fitInside, type PipelineLayout } from './pipeline-layout.ts';

export interface Channels {
  readonly first: number;
  readonly scroll: (channels: number) => void;
  /** Brings a channel into the window of planes. */
  readonly show: (channel: number) => void;
}

/** Which channels are shown as planes, where not all are. */
export function useChannels(all: number): Channels {
  const [asked, setFirst] = useState(0);
  const shown = planesShown(all);
  const clamp = useCallback((first: number) => Math.max(0, Math.min(all - shown, first)), [all, shown]);
  const scroll = useCallback((by: number) => setFirst((first) => clamp(clamp(first) + by)), [clamp]);
  const show = useCallback((channel: number) => setFirst(clamp(channel - Math.floor(shown / 2))), [clamp, shown]);
  return useMemo(() => ({ first: clamp(asked), scroll, show }), [clamp, asked, scroll, show]);
}

/** The geometry that the stages and the line through them share. */
export function useParts(slot: Slot | undefined, result: Result | undefined, layout: PipelineLayout) {
  const { latents, codebook, picture, funnel } = layout;
  const shown = result?.source ?? result?.reconstruction?.picture;
  // The slabs have the height of the picture beside them.
  const tall = shown ? fitInside(picture, shown.width, shown.height).height : picture;
  const arranged = useBoard(slot, codebook / picture);
  const { d = 0, shape } = result?.latents ?? {};
  const planes = useMemo(
    () => (shape && d ? planesIn(latents, picture, planesShown(d), shape) : undefined),
    [latents, picture, shape, d],
  );
  const reduction = slot?.manifest.size.reduction ?? 8;
  const encoder = useMemo(() => funnelIn(funnel, tall, reduction, false), [funnel, tall, reduction]);
  const decoder = useMemo(() => funnelIn(funnel, tall, reduction, true), [funnel, tall, reduction]);
  return useMemo(
    () => ({ planes, board: arranged?.board, colours: arranged?.colours, encoder, decoder }),
    [planes, arranged, encoder, decoder],
  );
}

export type PipelineParts = ReturnType<typeof useParts>;
