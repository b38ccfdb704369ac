import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { ClipWindow } from '../core/clip.ts';
import { type ClipPlan, mostOverlap } from '../core/clip-plan.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { SourceClip } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import styles from './clip-piece.module.css';

const TALL = 30;
const RATES = [1, 2, 4, 5, 8, 10, 12, 12.5, 15, 16, 20, 24, 25, 30, 50, 60];

/** Which piece of the clip is used: on a strip of the whole clip, and in numbers; and how windows meet. */
export function ClipPiece({ clip, plan, width }: { readonly clip: SourceClip; readonly plan: ClipPlan; readonly width: number }) {
  const { t } = useTexts();
  const { setClipWindow } = useActions();
  const { facts, window: piece } = clip;
  const seconds = (value: number) => number(value, value < 100 ? 2 : 1);
  return (
    <div className={styles.piece}>
      {facts.duration > piece.duration * 1.05 && <Strip clip={clip} width={width} />}
      <div className={styles.fields}>
        <span className="dimension">{t('clip.codec', { ...facts })}</span>
        <Seconds
          name={t('clip.pieceStart')}
          value={piece.start}
          most={facts.duration}
          onChange={(start) => setClipWindow({ start })}
        />
        <Seconds
          name={t('clip.pieceLength')}
          value={piece.duration}
          most={facts.duration}
          onChange={(duration) => setClipWindow({ duration })}
        />
        <Rate clip={clip} />
        <span className="dimension">
          {t('clip.pieceOf', {
            from: seconds(piece.start),
            to: seconds(Math.min(facts.duration, piece.start + piece.duration)),
            all: seconds(facts.duration),
          })}
        </span>
        {plan.rule !== 'each' && <Overlap plan={plan} />}
      </div>
    </div>
  );
}

interface SecondsProps {
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

/** A number of seconds; takes effect when the field is left or Enter is pressed. */
function Seconds({ name, value, most, onChange }: SecondsProps) {
  const [text, setText] = useState<string>();
  const shown = text ?? String(Math.round(value * 1000) / 1000);
  const commit = () => {
    const typed = Number(shown);
    setText(undefined);
    if (Number.isFinite(typed) && Math.abs(typed - value) > 5e-4) onChange(Math.min(most, Math.max(0, typed)));
  };
  return (
    <label className={styles.field}>
      {name}
      <input
        type="number"
        className="number"
        min={0}
        max={most}
        step={0.1}
        value={shown}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </label>
  );
}

/** The clip's own rate and lower ones; where frames come unevenly, up to that at which none is left out. */
function Rate({ clip: { facts, window: piece } }: { readonly clip: SourceClip }) {
  const { t } = useTexts();
  const { setClipWindow } = useActions();
  const own = Math.round(facts.rate * 100) / 100;
  const now = Math.round(piece.rate * 100) / 100;
  const most = Math.max(own, facts.fastest ?? 0);
  const rates = [...new Set([...RATES.filter((rate) => rate < most), own, most, now])].sort((a, b) => a - b);
  return (
    <label className={styles.field}>
      {t('clip.pieceRate')}
      <select className="number" value={now} onChange={(event) => setClipWindow({ rate: Number(event.target.value) })}>
        {rates.map((rate) => (
          <option key={rate} value={rate}>
            {rate}
          </option>
        ))}
      </select>
    </label>
  );
}

function Overlap({ plan }: { readonly plan: ClipPlan }) {
  const { t } = useTexts();
  const { setClipSettings } = useActions();
  const { overlap, blend } = useTokenscope((state) => state.clip);
  const most = mostOverlap(plan);
  const steps = [0, plan.reduction, 2 * plan.reduction, most].filter(
    (value, i, all) => value <= most && all.indexOf(value) === i,
  );
  return (
    <>
      <label className={styles.field} title={t('clip.overlapHint')}>
        {t('clip.overlap')}
        <select
          className="number"
          value={plan.overlap}
          onChange={(event) => setClipSettings({ overlap: Number(event.target.value) })}
        >
          {[...new Set([...steps, Math.min(most, overlap)])]
            .sort((a, b) => a - b)
            .map((value) => (
              <option key={value} value={value}>
                {value === 0 ? t('clip.noOverlap') : t('clip.overlapFrames', { count: value })}
              </option>
            ))}
        </select>
      </label>
      {overlap > 0 && (
        <Choices
          name={t('clip.blend')}
          showName
          value={blend}
          options={(['fade', 'cut'] as const).map((value) => ({ value, text: t(`clip.${value}`) }))}
          onChange={(value) => setClipSettings({ blend: value })}
        />
      )}
    </>
  );
}

/** The whole clip in small pictures; the piece lies between two handles, can be dragged, and comes to where the strip is pressed. */
function Strip({ clip, width }: { readonly clip: SourceClip; readonly width: number }) {
  const { t } = useTexts();
  const { setClipWindow } = useActions();
  const { facts, window: piece } = clip;
  const canvas = useThumbnails(facts.width / facts.height, width);
  const [draft, setDraft] = useState<Pick<ClipWindow, 'start' | 'duration'>>();
  const grip = useRef<{ part: 'start' | 'end' | 'piece'; at: number; from: { start: number; duration: number } } | undefined>(
    undefined,
  );
  const { start, duration } = draft ?? piece;
  const share = (value: number) => `${(100 * Math.min(facts.duration, Math.max(0, value))) / facts.duration}%`;
  const begin = (part: 'start' | 'end' | 'piece') => (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { part, at: event.clientX, from: { start, duration } };
  };
  const bring = (event: PointerEvent<HTMLElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const middle = ((event.clientX - left) / width) * facts.duration;
    const there = dragged(
      { part: 'piece', from: { start, duration } },
      middle - duration / 2 - start,
      facts.duration,
      piece.rate,
    );
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { part: 'piece', at: event.clientX, from: there };
    setDraft(there);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const held = grip.current;
    if (held) setDraft(dragged(held, ((event.clientX - held.at) / width) * facts.duration, facts.duration, piece.rate));
  };
  const end = () => {
    grip.current = undefined;
    if (draft) setClipWindow(draft);
    setDraft(undefined);
  };
  const press = (part: 'start' | 'end') => (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setClipWindow(dragged({ part, from: piece }, (by * facts.duration) / 100, facts.duration, piece.rate));
  };
  const handle = (part: 'start' | 'end', value: number) => (
    <div
      role="slider"
      tabIndex={0}
      className={styles.handle}
      style={{ left: share(value) }}
      aria-label={t(part === 'start' ? 'clip.pieceStartHandle' : 'clip.pieceEndHandle')}
      aria-valuemin={0}
      aria-valuemax={Math.round(facts.duration * 100) / 100}
      aria-valuenow={Math.round(value * 100) / 100}
      aria-valuetext={t('clip.seconds', { value: number(value, 2) })}
      onPointerDown={begin(part)}
      onKeyDown={press(part)}
    />
  );
  return (
    <div
      className={styles.strip}
      style={{ width, height: TALL }}
      onPointerDown={bring}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <canvas ref={canvas} width={width} height={TALL} role="img" aria-label={t('clip.pieceAll')} />
      <div className={styles.shade} style={{ left: 0, width: share(start) }} />
      <div className={styles.shade} style={{ left: share(start + duration), right: 0 }} />
      <div className={styles.span} style={{ left: share(start), width: share(duration) }} onPointerDown={begin('piece')} />
      {handle('start', start)}
      {handle('end', Math.min(facts.duration, start + duration))}
    </div>
  );
}

/** The piece after a handle, or all of it, was moved by some seconds; at least one frame stays. */
function dragged(
  { part, from }: { part: 'start' | 'end' | 'piece'; from: { start: number; duration: number } },
  by: number,
  all: number,
  rate: number,
): { start: number; duration: number } {
  const least = 1 / rate;
  if (part === 'piece') return { start: Math.min(all - from.duration, Math.max(0, from.start + by)), duration: from.duration };
  if (part === 'end') return { start: from.start, duration: Math.min(all - from.start, Math.max(least, from.duration + by)) };
  const start = Math.min(from.start + from.duration - least, Math.max(0, from.start + by));
  return { start, duration: from.duration + from.start - start };
}

/** Small pictures of the whole clip, drawn as they are decoded. */
function useThumbnails(aspect: number, width: number) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { clipThumbnails } = useActions();
  useEffect(() => {
    const stop = new AbortController();
    const across = Math.max(12, Math.round(TALL * aspect));
    const count = Math.max(1, Math.min(40, Math.floor(width / across)));
    const draw = (index: number, bitmap: ImageBitmap) => {
      const context = canvas.current?.getContext('2d');
      const left = (index / count) * width;
      context?.drawImage(bitmap, left, 0, width / count + 1, TALL);
      bitmap.close();
    };
    void clipThumbnails(count, 64, ({ index, bitmap }) => draw(index, bitmap), stop.signal);
    return () => stop.abort();
  }, [clipThumbnails, aspect, width]);
  return canvas;
}
