import { useEffect, useRef, useState } from 'react';
import { isAbort } from '../core/errors.ts';
import type { Picture } from '../core/picture.ts';
import { tokenJson, tokenNpy } from '../core/token-file.ts';
import { useTexts } from '../i18n/index.ts';
import type { SavedClip } from '../media/clips/saved-clip.ts';
import { encodeGif, encodeVideo } from '../media/clips/write-clip.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { ClipResult, Slot } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { drawFrame } from '../views/clip-picture.ts';
import styles from './clip-save-dialog.module.css';
import { useErrorText } from './error-text.ts';
import { megabytes } from './model-facts.ts';
import { saveFile } from './pick-files.ts';

type What = 'reconstruction' | 'side';
type Format = 'mp4' | 'webm' | 'gif';
const GAP = 8;
const UNKNOWN_RATE = 8;

/** Saves what came back, alone or beside the source, as a film or GIF; and the token volume. */
export default function ClipSaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const slot = useTokenscope((state) => state.slots[0]);
  const name = useTokenscope((state) => state.source?.name) ?? 'clip';
  const clip = slot?.clip;
  const stem = `${name.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '') || 'clip'}-${slot?.manifest.id}`;
  return (
    <Dialog title={t('clip.saveTitle')} closeText={t('shell.close')} onClose={onClose}>
      {slot && clip && clip.reconstruction.length > 0 ? (
        <>
          <Film clip={clip} stem={stem} />
          <Volume slot={slot} clip={clip} stem={stem} />
        </>
      ) : (
        <p>{t('clip.saveNothing')}</p>
      )}
    </Dialog>
  );
}

function Film({ clip, stem }: { readonly clip: ClipResult; readonly stem: string }) {
  const { t } = useTexts();
  const { report } = useActions();
  const rate = useTokenscope((state) => state.source?.clip?.window.rate) ?? UNKNOWN_RATE;
  const [what, setWhat] = useState<What>(clip.frames.length > 0 ? 'side' : 'reconstruction');
  const [format, setFormat] = useState<Format>('mp4');
  const [scale, setScale] = useState('2');
  const [progress, setProgress] = useState<number>();
  const [done, setDone] = useState<{ text: string; remarks: SavedClip['remarks'] }>();
  const { say } = useErrorText();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const save = async () => {
    stop.current = new AbortController();
    setDone(undefined);
    setProgress(0);
    try {
      const saved = await write(clip, {
        what,
        format,
        scale: Number(scale),
        rate,
        onProgress: setProgress,
        signal: stop.current.signal,
      });
      const file = `${stem}${what === 'side' ? '-side' : ''}.${saved.format}`;
      saveFile(saved.file, file);
      setDone({
        text: t('clip.saveDone', { name: file, size: megabytes(saved.file.size), codec: saved.codec }),
        remarks: saved.remarks,
      });
    } catch (error) {
      if (!isAbort(error)) report(error);
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <div className={styles.film}>
      {clip.frames.length > 0 && (
        <Choices
          name={t('clip.saveWhat')}
          showName
          value={what}
          options={[
            { value: 'side', text: t('clip.saveSide') },
            { value: 'reconstruction', text: t('clip.saveReconstruction') },
          ]}
          onChange={setWhat}
        />
      )}
      <Choices
        name={t('clip.saveFormat')}
        showName
        value={format}
        options={(['mp4', 'webm', 'gif'] as const).map((value) => ({ value, text: value.toUpperCase().replace('WEBM', 'WebM') }))}
        onChange={setFormat}
      />
      <Choices
        name={t('clip.saveScale')}
        showName
        value={scale}
        options={['1', '2', '4'].map((value) => ({ value, text: `${value} ×` }))}
        onChange={setScale}
      />
      {progress === undefined ? (
        <button type="button" className={styles.save} onClick={() => void save()}>
          {t('clip.saveStart')}
        </button>
      ) : (
        <span className={styles.progress} role="status">
          <progress max={1} value={progress} aria-label={t('clip.saveTitle')} />
          <span className="caption">{t('clip.saveProgress', { percent: Math.floor(100 * progress) })}</span>
          <button type="button" className="word-button" onClick={() => stop.current?.abort()}>
            {t('clip.saveStop')}
          </button>
        </span>
      )}
      {done && (
        <p className="caption" role="status">
          {[done.text, ...done.remarks.map(({ text, parameters }) => say(text, parameters))].join(' ')}
        </p>
      )}
    </div>
  );
}

interface Order {
  readonly what: What;
  readonly format: Format;
  readonly scale: number;
  readonly rate: number;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** The frames drawn one by one, enlarged by whole factors; source to the left. */
function write(clip: ClipResult, { what, format, scale, rate, onProgress, signal }: Order): Promise<SavedClip> {
  const [first] = clip.reconstruction as readonly [Picture];
  const [w, h] = [first.width * scale, first.height * scale];
  const side = what === 'side';
  const frames = {
    count: clip.reconstruction.length,
    draw(index: number, context: OffscreenCanvasRenderingContext2D) {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, context.canvas.width, context.canvas.height);
      const source = clip.frames[index];
      if (side && source) drawFrame(context, source, 0, 0, w, h);
      drawFrame(context, clip.reconstruction[index]!, side ? w + GAP : 0, 0, w, h);
    },
  };
  const settings = { rate, width: side ? 2 * w + GAP : w, height: h, onProgress, signal };
  return format === 'gif' ? encodeGif(frames, settings) : encodeVideo(frames, { ...settings, format });
}

function Volume({ slot, clip, stem }: { readonly slot: Slot; readonly clip: ClipResult; readonly stem: string }) {
  const { t } = useTexts();
  const { grid, counts } = clip;
  const file = `${stem}-tokens`;
  const json = () => new Blob([tokenJson(grid, slot.manifest.id, counts.length)], { type: 'application/json' });
  const npy = () => new Blob([tokenNpy(grid)], { type: 'application/octet-stream' });
  return (
    <p className={styles.volume}>
      <span>
        {t('clip.volume')}{' '}
        <span className="dimension">
          {grid.shape.t} × {grid.shape.h} × {grid.shape.w}
        </span>
      </span>
      <span>
        {(['npy', 'json'] as const).map((format) => (
          <button
            key={format}
            type="button"
            className="word-button number"
            onClick={() => saveFile(format === 'npy' ? npy() : json(), `${file}.${format}`)}
          >
            .{format}
          </button>
        ))}
      </span>
    </p>
  );
}
