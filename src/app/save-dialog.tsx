import { useMemo, useState } from 'react';
import { tokenCsv, tokenJson, tokenNpy } from '../core/token-file.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { Dialog } from '../ui/dialog.tsx';
import { canvasBlob, type Savable, type SaveFormat, useSavables } from '../ui/savable.ts';
import { useLink } from './link-context.ts';
import listStyles from './list.module.css';
import { saveFile } from './pick-files.ts';
import styles from './save-dialog.module.css';

/** Everything that can be saved here and now: the link, tokens, the reconstruction, and the views of this place. */
export default function SaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const source = useTokenscope((state) => state.source?.name);
  const views = useSavables();
  const titles = useMemo(() => ({ grid: t('words.tokenGrid'), reconstruction: t('words.reconstruction') }), [t]);
  const results = slot ? savablesOf(slot, `${stem(source)}-${slot.manifest.id}`, titles) : [];
  const folder = useModelFolder(slot);
  return (
    <Dialog title={t('shell.saveTitle')} closeText={t('shell.close')} onClose={onClose}>
      <CopyLink />
      <ul className={listStyles.list}>
        {[...results, ...folder, ...views].map((savable) => (
          <SavableRow key={`${savable.file} ${savable.title}`} savable={savable} />
        ))}
      </ul>
    </Dialog>
  );
}

/** The model itself, where its files are at hand. */
function useModelFolder(slot: Slot | undefined): Savable[] {
  const { t } = useTexts();
  const { canPackModel, packModel } = useActions();
  if (!slot || !canPackModel(slot.key)) return [];
  const zip = async () => {
    const packed = await packModel(slot.key);
    if (!packed) throw new Error('The model could not be packed.');
    return packed;
  };
  return [{ file: slot.manifest.id, title: t('checkpoints.folder'), formats: { zip } }];
}

/** A file name without its folder and ending. */
function stem(name = 'tokens'): string {
  return name.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '') || 'tokens';
}

function savablesOf({ manifest, result }: Slot, file: string, titles: { grid: string; reconstruction: string }): Savable[] {
  if (!result) return [];
  const { grid, counts, reconstruction } = result;
  const tokens: Savable = {
    file: `${file}-tokens`,
    title: titles.grid,
    formats: {
      json: () => new Blob([tokenJson(grid, manifest.id, counts.length)], { type: 'application/json' }),
      npy: () => new Blob([tokenNpy(grid)], { type: 'application/octet-stream' }),
      csv: () => new Blob([tokenCsv(grid)], { type: 'text/csv' }),
    },
  };
  if (!reconstruction) return [tokens];
  const picture = () => canvasBlob(bitmapOf(reconstruction.picture));
  return [tokens, { file: `${file}-reconstruction`, title: titles.reconstruction, formats: { png: picture } }];
}

function SavableRow({ savable }: { readonly savable: Savable }) {
  const { t } = useTexts();
  const [failed, setFailed] = useState(false);
  const save = async (format: SaveFormat) => {
    try {
      setFailed(false);
      const blob = await savable.formats[format]!();
      saveFile(blob, `${savable.file}.${format}`);
    } catch {
      setFailed(true);
    }
  };
  return (
    <li className={styles.row}>
      <span>
        {savable.title} {failed && <span className="caption">{t('shell.saveFailed')}</span>}
      </span>
      <span className={styles.formats}>
        {(Object.keys(savable.formats) as SaveFormat[]).map((format) => (
          <button
            key={format}
            type="button"
            className="word-button number"
            aria-label={t('shell.saveAs', { title: savable.title, format: format.toUpperCase() })}
            onClick={() => save(format)}
          >
            .{format}
          </button>
        ))}
      </span>
    </li>
  );
}

function CopyLink() {
  const { t } = useTexts();
  const link = useLink();
  const [copied, setCopied] = useState<boolean>();
  const address = link();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <div className={styles.link}>
      <input
        className="number"
        readOnly
        value={address}
        aria-label={t('shell.link')}
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className={styles.copy} onClick={copy}>
        {t(copied ? 'shell.copied' : 'shell.copyLink')}
      </button>
      <p className="caption" role="status">
        {t(copied === false ? 'shell.copyByHand' : 'shell.linkHint')}
      </p>
    </div>
  );
}
