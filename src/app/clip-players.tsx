import { useCallback } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { ClipResult, CompareMode, Slot } from '../state/store.ts';
import { SplitHandle } from '../ui/split-handle.tsx';
import type { ClipPlayer } from '../views/clip-clock.ts';
import { ClipFrameView, type ClipShown } from '../views/clip-frame-view.tsx';
import { ClipLiveText } from '../views/clip-live-text.tsx';
import { DIFFERENCE_SCALE } from '../views/clip-picture.ts';
import { shortTitle } from '../views/codebook-facts.ts';
import { useBlink } from '../views/compare-blink.ts';
import type { ClipSizes } from './clip-layout.ts';
import styles from './clip-place.module.css';

interface ClipPlayersProps {
  readonly slots: readonly (Slot & { readonly clip: ClipResult })[];
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly mode: CompareMode;
  readonly sizes: ClipSizes;
  /** Tokens came without a clip: there is no source to show. */
  readonly alone: boolean;
}

/** The source and every model's reconstruction, in step. */
export function ClipPlayers({ slots, clip, player, mode, sizes, alone }: ClipPlayersProps) {
  const { t } = useTexts();
  const blink = useBlink(mode === 'blink');
  const shown: ClipShown =
    alone || mode === 'side' ? 'reconstruction' : mode === 'blink' ? blink.shown : mode === 'split' ? 'split' : 'difference';
  return (
    <div className={styles.players} style={{ gap: sizes.gap }}>
      {mode === 'side' && !alone && (
        <figure>
          <figcaption className={styles.caption} style={{ width: sizes.player.width }}>
            <b>{t('words.source')}</b>
            <FrameNumber player={player} frames={clip.plan.frames} />
          </figcaption>
          <ClipFrameView
            player={player}
            clip={clip}
            active={clip}
            shown="source"
            split={0.5}
            {...sizes.player}
            label={t('clip.sourceOf', { frame: '' })}
          />
        </figure>
      )}
      {slots.map((slot, index) => (
        <Reconstruction
          key={slot.key}
          slot={slot}
          active={clip}
          player={player}
          shown={shown}
          sizes={sizes}
          many={slots.length > 1}
          numbered={index === 0 && (mode !== 'side' || alone)}
        />
      ))}
    </div>
  );
}

interface ReconstructionProps {
  readonly slot: Slot & { readonly clip: ClipResult };
  readonly active: ClipResult;
  readonly player: ClipPlayer;
  readonly shown: ClipShown;
  readonly sizes: ClipSizes;
  readonly many: boolean;
  readonly numbered: boolean;
}

function Reconstruction({ slot, active, player, shown, sizes, many, numbered }: ReconstructionProps) {
  const { t } = useTexts();
  const split = useTokenscope((state) => state.compare.split);
  const { setCompare } = useActions();
  const { clip, manifest } = slot;
  const titles = {
    source: 'words.source',
    reconstruction: 'words.reconstruction',
    split: 'clip.splitTitle',
    difference: 'words.difference',
  } as const;
  const title = many ? shortTitle(manifest) : t(titles[shown]);
  return (
    <figure>
      <figcaption className={styles.caption} style={{ width: sizes.player.width }}>
        <b>{title}</b>
        {numbered && <FrameNumber player={player} frames={clip.plan.frames} />}
        <FrameQuality player={player} clip={clip} short={sizes.player.width < 210} />
      </figcaption>
      <ClipFrameView
        player={player}
        clip={clip}
        active={active}
        shown={shown}
        split={split}
        {...sizes.player}
        label={t('clip.reconstructionOf', { model: manifest.title, frame: '' })}
      >
        {shown === 'split' && (
          <SplitHandle
            value={split}
            label={t('clip.splitHandle')}
            valueText={t('clip.splitValue', { percent: Math.round(split * 100) })}
            onChange={(value) => setCompare({ split: value })}
          />
        )}
      </ClipFrameView>
      {shown === 'difference' && <span className="caption">{t('clip.differenceScale', { value: DIFFERENCE_SCALE })}</span>}
    </figure>
  );
}

function FrameNumber({ player, frames }: { readonly player: ClipPlayer; readonly frames: number }) {
  const { t } = useTexts();
  const text = useCallback((frame: number) => t('clip.frameOf', { frame: Math.min(frames, frame + 1), frames }), [t, frames]);
  return <ClipLiveText player={player} text={text} longest={text(frames)} />;
}

/** PSNR of the frame on screen, or that it is not there yet. */
function FrameQuality({
  player,
  clip: { reconstruction, measures },
  short,
}: {
  readonly player: ClipPlayer;
  readonly clip: ClipResult;
  readonly short: boolean;
}) {
  const { t } = useTexts();
  const text = useCallback(
    (frame: number) => {
      if (frame >= reconstruction.length) return short ? '…' : t('clip.waitingFrame');
      const psnr = measures[frame]?.psnr;
      if (psnr === undefined) return '';
      const value = Number.isFinite(psnr) ? `${number(psnr, 2)} dB` : '∞';
      return short ? value : `PSNR ${value}`;
    },
    [t, reconstruction, measures, short],
  );
  return <ClipLiveText player={player} text={text} longest={short ? '00.00 dB' : t('clip.waitingFrame').padEnd(13, '0')} />;
}
