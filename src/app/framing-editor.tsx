import { useEffect, useState } from 'react';
import { cssColour, parseColour, rgb } from '../core/colour.ts';
import { type Framing, modelSize, place, type Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import { Choices } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CropBox } from './crop-box.tsx';
import styles from './framing-editor.module.css';
import { sizeChoices } from './size-choices.ts';

/** How the picture is cut and scaled for the model: all of it visible, all of it changeable. */
export default function FramingEditor({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const framing = useTokenscope((state) => state.framing);
  const managed = useTokenscope((state) => state.colourManaged);
  const { setFraming, setColourManaged } = useActions();
  const fits: readonly Framing['fit'][] = ['fill', 'fit', 'stretch', 'crop'];
  return (
    <Dialog title={t('shell.framing.title')} closeText={t('shell.close')} onClose={onClose} fitted>
      <div className={styles.editor}>
        <Preview />
        <div className={styles.settings}>
          <Choices
            name={t('shell.framing.how')}
            value={framing.fit}
            options={fits.map((fit) => ({ value: fit, text: t(`shell.framing.fit.${fit}`) }))}
            onChange={(fit) => setFraming({ fit })}
          />
          <p className="caption">{t(`shell.framing.about.${framing.fit}`)}</p>
          <SizeChoice />
          <label className={styles.line}>
            <span>{t('shell.framing.background')}</span>
            <input
              type="color"
              value={cssColour(rgb(...framing.background))}
              onChange={({ target }) => {
                const colour = parseColour(target.value);
                setFraming({ background: [colour >> 16, (colour >> 8) & 255, colour & 255] });
              }}
            />
          </label>
          <p className="caption">{t('shell.framing.backgroundHint')}</p>
          <label className={styles.line}>
            <span>{t('shell.framing.managed')}</span>
            <input type="checkbox" checked={managed} onChange={({ target }) => setColourManaged(target.checked)} />
          </label>
          <p className="caption">{t('shell.framing.managedHint')}</p>
        </div>
      </div>
    </Dialog>
  );
}

/** Sizes the active model takes; square ones first, then those shaped like the picture. */
function SizeChoice() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const source = useTokenscope((state) => state.source);
  const framing = useTokenscope((state) => state.framing);
  const { setFraming } = useActions();
  if (!slot) return null;
  const real = modelSize(framing, slot.manifest.size);
  const print = (size: { height: number; width: number }) => `${size.width} × ${size.height}`;
  const shape = source?.width && source.height ? { width: source.width, height: source.height } : undefined;
  const choices = sizeChoices(slot.manifest.size, real, shape);
  return (
    <label className={styles.line}>
      <span>{t('shell.framing.size')}</span>
      <select
        className="number"
        value={print(real)}
        onChange={({ target }) => {
          const size = choices.find((choice) => print(choice) === target.value);
          if (size) setFraming(size);
        }}
      >
        {choices.map((size) => (
          <option key={print(size)}>{print(size)}</option>
        ))}
      </select>
    </label>
  );
}

const PREVIEW_SIDE = 512;

/** The whole picture, and on it what the model gets. */
function Preview() {
  const { t } = useTexts();
  const { previewSource, setFraming } = useActions();
  const source = useTokenscope((state) => state.source);
  const managed = useTokenscope((state) => state.colourManaged);
  const framing = useTokenscope((state) => state.framing);
  const slot = useActiveSlot();
  const [picture, setPicture] = useState<Picture>();
  // Another picture, or the same one read with other settings.
  useEffect(() => {
    let wanted = true;
    void previewSource(PREVIEW_SIDE).then((preview) => wanted && setPicture(preview));
    return () => {
      wanted = false;
    };
  }, [previewSource, source?.key, managed]);
  if (!source?.width || !source.height) return <p className={styles.none}>{t('shell.framing.noPicture')}</p>;
  if (!picture || !slot) return <div className={styles.none} />;
  const size = { width: source.width, height: source.height };
  const { from } = place(size, framing, modelSize(framing, slot.manifest.size));
  const seen: Rect = {
    x: from.x / size.width,
    y: from.y / size.height,
    width: from.width / size.width,
    height: from.height / size.height,
  };
  return (
    <CropBox
      picture={picture}
      seen={seen}
      crop={framing.fit === 'crop' ? framing.crop : seen}
      onCrop={(crop) => setFraming({ fit: 'crop', crop })}
    />
  );
}
