import { useStore } from 'zustand';
import { number, useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import type { ClipResult } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { type ClipPlayer, SPEEDS } from '../views/clip-clock.ts';
import type { CurveKind } from '../views/clip-curves.ts';
import styles from './clip-transport.module.css';
import { showDialog } from './dialogs.ts';

interface ClipTransportProps {
  readonly player: ClipPlayer;
  readonly clip: ClipResult;
  readonly rate: number;
  readonly curve: CurveKind;
  /** Missing where there is no other curve. */
  readonly setCurve?: (curve: CurveKind) => void;
}

const CURVES: readonly CurveKind[] = ['psnr', 'ssim', 'usage'];

/** Play, step, speed; what is running; which curve; saving. */
export function ClipTransport({ player, clip, rate, curve, setCurve }: ClipTransportProps) {
  const { t } = useTexts();
  // One by one: the clock also says the frame, which changes all the time.
  const playing = useStore(player.clock, (clock) => clock.playing);
  const loop = useStore(player.clock, (clock) => clock.loop);
  const speed = useStore(player.clock, (clock) => clock.speed);
  return (
    <div className={styles.transport}>
      <div className={styles.buttons}>
        <Icon label={t('clip.back')} path="M12 4L6 9L12 14ZM4 4H5.6V14H4Z" onPress={() => player.step(-1)} />
        <Icon
          label={t(playing ? 'clip.pause' : 'clip.play')}
          path={playing ? 'M4 3H7.5V15H4ZM10.5 3H14V15H10.5Z' : 'M4 2.5L15 9L4 15.5Z'}
          onPress={player.toggle}
        />
        <Icon label={t('clip.forward')} path="M6 4L12 9L6 14ZM12.4 4H14V14H12.4Z" onPress={() => player.step(1)} />
      </div>
      <button
        type="button"
        className={`word-button ${loop ? styles.on : ''}`}
        aria-pressed={loop}
        onClick={() => player.setLoop(!loop)}
      >
        {t('clip.loop')}
      </button>
      <Choices
        name={t('clip.speed')}
        value={String(speed)}
        options={SPEEDS.map((value) => ({ value: String(value), text: `${value} ×` }))}
        onChange={(value) => player.setSpeed(Number(value))}
      />
      <span className="dimension">{t('clip.rate', { rate: number(rate, Number.isInteger(rate) ? 0 : 2) })}</span>
      <Running clip={clip} />
      <span className={styles.end}>
        {setCurve && (
          <Choices
            name={t('clip.curve')}
            showName
            value={curve}
            options={CURVES.map((value) => ({ value, text: t(`clip.${value}`) }))}
            onChange={setCurve}
          />
        )}
        <button type="button" className="word-button" onClick={() => showDialog('clip-save')}>
          {t('clip.save')}
        </button>
      </span>
    </div>
  );
}

function Icon({ label, path, onPress }: { readonly label: string; readonly path: string; readonly onPress: () => void }) {
  return (
    <button type="button" className={styles.icon} aria-label={label} title={label} onClick={onPress}>
      <svg viewBox="0 0 18 18" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

/** How far the run is, with a way to stop it or to go on. */
function Running({ clip: { plan, windowsDone, running, recorded } }: { readonly clip: ClipResult }) {
  const { t } = useTexts();
  const { stopClip, runClip } = useActions();
  const counts = { done: number(windowsDone), all: number(plan.windows.length) };
  if (running) {
    return (
      <span className={styles.running} role="status">
        <progress max={plan.windows.length} value={windowsDone} aria-label={t('clip.windows', counts)} />
        <span className="caption">{t('clip.windows', counts)}</span>
        <button type="button" className="word-button" onClick={stopClip}>
          {t('clip.stop')}
        </button>
      </span>
    );
  }
  if (recorded) return <span className="badge">{t('words.recorded')}</span>;
  if (windowsDone >= plan.windows.length) return null;
  return (
    <span className={styles.running} role="status">
      <span className="caption">{t('clip.stopped', counts)}</span>
      <button type="button" className="word-button" onClick={() => void runClip()}>
        {t('clip.run')}
      </button>
    </span>
  );
}
