import { useMemo } from 'react';
import { amountRamp, cssColour } from '../core/colour.ts';
import type { Picture } from '../core/picture.ts';
import { useTexts } from '../i18n/index.ts';
import type { Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { canvasBlob, type Savable, useSavable } from '../ui/savable.ts';
import { useThemeColours } from '../ui/theme.ts';
import { modelTitle } from './codebook-facts.ts';
import { type DifferenceScale, differencePicture } from './compare-difference.ts';
import type { CompareLink } from './compare-link.ts';
import styles from './compare-panel.module.css';
import { ComparePicture } from './compare-picture.tsx';

interface CompareDifferenceMapProps {
  readonly link: CompareLink;
  readonly slot: Slot;
  readonly source: Picture;
  readonly differences: Uint16Array;
  readonly scale: DifferenceScale;
}

/** How far every pixel of the reconstruction is from the source, with its scale beside it. */
export function CompareDifferenceMap({ link, slot, source, differences, scale }: CompareDifferenceMapProps) {
  const { t } = useTexts();
  const { dark } = useThemeColours();
  const model = modelTitle(slot.manifest, t);
  const picture = useMemo(
    () => differencePicture(differences, source.width, source.height, scale.value, dark),
    [differences, source, scale.value, dark],
  );
  const title = t('compare.saveDifference', { model });
  const savable = useMemo<Savable>(
    () => ({ file: `${slot.manifest.id}-difference`, title, formats: { png: () => canvasBlob(bitmapOf(picture)) } }),
    [slot.manifest.id, title, picture],
  );
  useSavable(savable);
  return (
    <ComparePicture
      link={link}
      picture={picture}
      title={t('words.difference')}
      label={t('compare.differencePicture', { model })}
      aside={<ScaleButton scale={scale} dark={dark} />}
    />
  );
}

function ScaleButton({ scale, dark }: { readonly scale: DifferenceScale; readonly dark: boolean }) {
  const { t } = useTexts();
  const value = scale.value.toFixed(2);
  const label = t('compare.scale', { value, how: scale.fitted ? t('compare.scaleFitted') : t('compare.scaleFixed') });
  return (
    <button
      type="button"
      className={styles.scale}
      aria-label={label}
      title={label}
      aria-pressed={!scale.fitted}
      onClick={scale.toggle}
    >
      0 <i style={{ background: rampGradient(dark) }} /> {value}
    </button>
  );
}

/** The ramp with its square root, as a reader of the map sees it. */
function rampGradient(dark: boolean): string {
  const stops = dark ? amountRamp.dark : amountRamp.light;
  const places = stops.map((colour, index) => `${cssColour(colour)} ${((index / (stops.length - 1)) ** 2 * 100).toFixed(1)}%`);
  return `linear-gradient(90deg, ${places.join(', ')})`;
}
