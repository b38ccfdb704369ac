import { useEffect, useRef, useState } from 'react';
import type { ClipPlan } from '../core/clip-plan.ts';
import { cellIndex } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useTokenscope } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { ClipResult, CompareMode, Slot } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { useElementSize, useWindowSize } from '../ui/size.ts';
import { type ClipPlayer, useClipPlayer, usePlaneOnScreen } from '../views/clip-clock.ts';
import { type CurveKind, curveDigits, curveRange, curveValues } from '../views/clip-curves.ts';
import { ClipNumbers } from '../views/clip-numbers.tsx';
import { ClipTimeline } from '../views/clip-timeline.tsx';
import { hasWords, planeSize, planeSpans, type TimelineRows } from '../views/clip-timeline-geometry.ts';
import { ClipVolume } from '../views/clip-volume.tsx';
import type { VolumeView } from '../views/clip-volume-geometry.ts';
import { ClipEmpty } from './clip-empty.tsx';
import { useClipKeys } from './clip-keys.ts';
import { type ClipSizes, clipSizes } from './clip-layout.ts';
import { ClipPiece } from './clip-piece.tsx';
import styles from './clip-place.module.css';
import { ClipPlayers } from './clip-players.tsx';
import { ClipTransport } from './clip-transport.tsx';

/** Frames a second of token files, which say nothing about time. */
const UNKNOWN_RATE = 8;

/** A clip and its tokens: source and reconstructions in step, the token volume, and everything over time. */
export function ClipPlace() {
  const slots = useTokenscope((state) => state.slots);
  const shown = slots.filter((slot): slot is SlotWithClip => slot.clip !== undefined && slot.clip.plan.frames > 0);
  const clip = slots[0]?.clip && shown[0]?.key === slots[0].key ? shown[0].clip : undefined;
  if (!clip) return <ClipEmpty />;
  return <Filled slots={shown} clip={clip} />;
}

type SlotWithClip = Slot & { readonly clip: ClipResult };

function Filled({ slots, clip }: { readonly slots: readonly SlotWithClip[]; readonly clip: ClipResult }) {
  const source = useTokenscope((state) => state.source);
  const rate = source?.clip?.window.rate ?? UNKNOWN_RATE;
  const player = useClipPlayer(clip.plan.frames, rate);
  const element = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(element);
  const { height } = useWindowSize();
  const [mode, setMode] = useState<CompareMode>('side');
  const [asked, setCurve] = useState<CurveKind>('psnr');
  const [volume, setVolume] = useState<{ shape: VolumeView['shape']; changes: boolean }>({ shape: 'planes', changes: false });
  const [first] = clip.frames.length > 0 ? clip.frames : clip.reconstruction;
  const aspect = first ? first.width / first.height : 1;
  const alone = clip.frames.length === 0 && !source?.clip;
  // Tokens alone have nothing to be compared with.
  const curve = alone ? 'usage' : asked;
  const players = alone || mode !== 'side' ? slots.length : slots.length + 1;
  const sizes = clipSizes({ width, height }, players, aspect, clip.plan);
  const { rows } = sizes;
  useClipKeys(player, clip.plan);
  const rolling = useTokenscope(({ camera }) => camera.running && camera.rolling === true);
  useEffect(() => {
    if (rolling) player.play();
  }, [rolling, player]);
  return (
    <div className={styles.place} ref={element}>
      <div className={styles.tools}>
        <h1>{useTitle(clip.plan, alone)}</h1>
        <Options {...{ mode, setMode, volume, setVolume, alone }} />
      </div>
      {width > 0 && (
        <>
          <div className={styles.upper} style={{ gap: sizes.gap }}>
            <ClipPlayers slots={slots} clip={clip} player={player} mode={mode} sizes={sizes} alone={alone} />
            <Volume slot={slots[0]!} clip={clip} player={player} {...volume} sizes={sizes} />
          </div>
          <ClipTransport player={player} clip={clip} rate={rate} curve={curve} {...(alone ? {} : { setCurve })} />
          {source?.clip && source.kind !== 'camera' && (
            <ClipPiece key={source.name} clip={source.clip} plan={clip.plan} width={width} />
          )}
          <ClipTimeline
            slots={slots}
            clip={clip}
            player={player}
            curve={curve}
            changes={volume.changes}
            width={width}
            rows={rows}
          />
          <Captions clip={clip} player={player} curve={curve} shares={sharesAreShown(clip, rows, width)} />
          <ClipNumbers slots={slots} />
        </>
      )}
    </div>
  );
}

function capital(kind: CurveKind): 'Psnr' | 'Ssim' | 'Usage' {
  return ({ psnr: 'Psnr', ssim: 'Ssim', usage: 'Usage' } as const)[kind];
}

function useTitle({ frames, planes, rule }: ClipPlan, alone: boolean): string {
  const { t } = useTexts();
  const counts = { frames: number(frames), planes: number(planes) };
  if (alone) return t('clip.titleTokens', counts);
  if (frames === 1) return planes === 1 ? t('clip.titleOne') : t('clip.titleRepeated', counts);
  return rule === 'each' ? t('clip.titleEach', counts) : t('clip.title', counts);
}

interface OptionsProps {
  readonly mode: CompareMode;
  readonly setMode: (mode: CompareMode) => void;
  readonly volume: { readonly shape: VolumeView['shape']; readonly changes: boolean };
  readonly setVolume: (volume: OptionsProps['volume']) => void;
  readonly alone: boolean;
}

const MODES: readonly CompareMode[] = ['side', 'split', 'blink', 'difference'];

function Options({ mode, setMode, volume, setVolume, alone }: OptionsProps) {
  const { t } = useTexts();
  return (
    <div className={styles.choices}>
      {!alone && (
        <Choices
          name={t('clip.view')}
          value={mode}
          options={MODES.map((value) => ({ value, text: t(`clip.${value}`) }))}
          onChange={setMode}
        />
      )}
      <Choices
        name={t('clip.show')}
        showName
        value={volume.changes ? 'changes' : 'tokens'}
        options={(['tokens', 'changes'] as const).map((value) => ({ value, text: t(`clip.${value}`) }))}
        onChange={(value) => setVolume({ ...volume, changes: value === 'changes' })}
      />
      <Choices
        name={t('clip.shape')}
        showName
        value={volume.shape}
        options={(['planes', 'stack'] as const).map((value) => ({ value, text: t(`clip.${value}`) }))}
        onChange={(shape) => setVolume({ ...volume, shape })}
      />
    </div>
  );
}

interface VolumeProps {
  readonly slot: Slot;
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly shape: VolumeView['shape'];
  readonly changes: boolean;
  readonly sizes: ClipSizes;
}

function Volume({ sizes, ...rest }: VolumeProps) {
  const { t } = useTexts();
  const { t: planes, h, w } = rest.clip.grid.shape;
  return (
    <section aria-label={t('clip.tokenPlanes')}>
      <div className={styles.caption}>
        <b>{t('clip.tokenPlanes')}</b>
        <span className="dimension">
          {planes} × {h} × {w}
        </span>
      </div>
      <ClipVolume {...rest} width={sizes.volume.width} height={sizes.volume.height} />
    </section>
  );
}

/** Whether any plane has room for the share of its tokens that changed. */
function sharesAreShown({ plan, grid }: ClipResult, rows: TimelineRows, width: number): boolean {
  const spans = planeSpans(plan, width);
  const { across } = planeSize(plan, spans, rows, grid.shape);
  return spans.some((span) => hasWords(span, across));
}

/** Whole percents that add up to a hundred. */
function sharesOf(stayed: number): { readonly stayed: number; readonly changed: number } {
  const percent = Math.round(100 * stayed);
  return { stayed: percent, changed: 100 - percent };
}

interface CaptionsProps {
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly curve: CurveKind;
  readonly shares: boolean;
}

/** What the rows of the timeline are, in one line under them. */
function Captions({ clip, player, curve, shares }: CaptionsProps) {
  const { t } = useTexts();
  const { plan } = clip;
  const range = curveRange([curveValues(clip, curve)]);
  const name = t(`clip.curve${capital(curve)}`);
  const digits = curveDigits[curve];
  const plane = usePlaneOnScreen(player, plan);
  const cell = clampCell(clip.grid.shape, { ...useTokenscope((state) => state.selection.cell), t: plane });
  const token = clip.grid.tokens[cellIndex(clip.grid.shape, cell)];
  const stayed = clip.planes[plane]?.stayed;
  const padded = plan.windows.at(-1)?.padded ?? 0;
  const rule = t(`clip.${plan.rule}Rule`, { count: plan.reduction });
  return (
    <p className={`caption ${styles.captions}`}>
      <span>{rule}</span>
      {plan.overlap > 0 && plan.windows.length > 1 && <span>{t('clip.sharedCaption', { count: plan.overlap })}</span>}
      {shares && <span>{t('clip.stayedCaption')}</span>}
      <span>{t('clip.tubeHint', { row: cell.row, column: cell.column, plane, token: token ?? '–' })}</span>
      {stayed !== undefined && <span>{t('clip.stayedInPlane', { plane, ...sharesOf(stayed) })}</span>}
      <span>
        {range ? t('clip.curveRange', { name, least: number(range.least, digits), most: number(range.most, digits) }) : name}
      </span>
      {padded > 0 && <span>{t('clip.padded', { count: padded })}</span>}
    </p>
  );
}
