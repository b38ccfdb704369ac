import { useRef } from 'react';
import { useTexts } from '../i18n/index.ts';
import type { Sample } from '../media/samples.ts';
import { useActions, useSamples, useTokenscope } from '../state/hooks.ts';
import { useElementSize } from '../ui/size.ts';
import { showDialog } from './dialogs.ts';
import styles from './sample-strip.module.css';

/** Thumbnail and gap, CSS pixels; the first where the window is low. */
const STEP = { short: 48, tall: 54 };

/** The samples as far as there is room, the present one always among them, and a way to everything else that opens. */
export function SampleStrip({ short }: { readonly short: boolean }) {
  const { t } = useTexts();
  const samples = useSamples();
  const chosen = useTokenscope((state) => state.source?.sample);
  const strip = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(strip);
  const room = Math.max(1, Math.floor((width + 8) / STEP[short ? 'short' : 'tall']) - 1);
  return (
    <div>
      <div className="caption">{t('shell.samples')}</div>
      <div ref={strip} className={styles.strip}>
        {withChosen(samples, chosen, room).map((sample) => (
          <SampleButton key={sample.id} sample={sample} chosen={sample.id === chosen} />
        ))}
        <button type="button" className={styles.open} aria-label={t('shell.openTitle')} onClick={() => showDialog('open')}>
          +
        </button>
      </div>
    </div>
  );
}

/** The first `room` samples; the chosen one takes the last place when it is not among them. */
export function withChosen(samples: readonly Sample[], chosen: string | undefined, room: number): readonly Sample[] {
  const first = samples.slice(0, room);
  const sample = samples.find(({ id }) => id === chosen);
  return !sample || first.includes(sample) ? first : [...first.slice(0, -1), sample];
}

export function SampleButton({
  sample,
  chosen,
  onOpen,
}: {
  readonly sample: Sample;
  readonly chosen: boolean;
  readonly onOpen?: () => void;
}) {
  const { t } = useTexts();
  const { openSample, goTo } = useActions();
  const title = t(`sources.sample.${sample.id}` as 'sources.sample.card');
  return (
    <button
      type="button"
      className={styles.sample}
      aria-label={title}
      title={title}
      aria-pressed={chosen}
      onClick={() => {
        onOpen?.();
        if (sample.kind === 'clip') goTo('clip');
        void openSample(sample.id);
      }}
    >
      <img src={sample.thumbnail} alt="" width={46} height={46} decoding="async" />
    </button>
  );
}
