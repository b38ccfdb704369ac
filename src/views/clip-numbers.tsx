import { number, useTexts } from '../i18n/index.ts';
import { clipMetrics } from '../metrics/clip/index.ts';
import type { ClipResult, Slot } from '../state/store.ts';
import { Hint } from '../ui/hint.tsx';
import styles from './clip-numbers.module.css';
import { shortTitle } from './codebook-facts.ts';

const ids = Object.keys(clipMetrics).sort((a, b) => clipMetrics[a]!.order - clipMetrics[b]!.order);

/** The numbers of the whole clip, one column for each model; each number has its definition one hover away. */
export function ClipNumbers({ slots }: { readonly slots: readonly (Slot & { readonly clip: ClipResult })[] }) {
  const { t } = useTexts();
  const say = t as unknown as (key: string) => string;
  return (
    <table className={styles.numbers}>
      <caption className="unseen">{t('clip.numbers')}</caption>
      <thead>
        <tr>
          <th scope="col" className="unseen">
            {t('clip.numbers')}
          </th>
          {ids.map((id) => (
            <th key={id} scope="col">
              <Hint text={say(`metrics.${id}.definition`)}>{say(`metrics.${id}.name`)}</Hint>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {slots.map(({ key, manifest, clip }) => (
          <tr key={key}>
            <th scope="row">{shortTitle(manifest)}</th>
            {ids.map((id) => (
              <td key={id} className="number">
                {numberOf(clip, id)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function numberOf({ summary }: ClipResult, id: string): string {
  const value = summary?.[id];
  if (value === undefined || value === null) return '–';
  const { unit, digits } = clipMetrics[id]!;
  if (!Number.isFinite(value)) return '∞';
  return unit ? `${number(value, digits)} ${unit}` : number(value, digits);
}
