import type { ReactNode } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { CompareMode } from '../state/store.ts';
import { Choices } from '../ui/choices.tsx';
import { FIT, type Frame, scaleOf } from '../ui/viewport.ts';
import type { Blink } from './compare-blink.ts';
import styles from './compare-tools.module.css';

const MODES: readonly CompareMode[] = ['side', 'split', 'blink', 'difference'];

interface CompareToolsProps {
  readonly frame: Frame;
  readonly blink: Blink;
  readonly children?: ReactNode;
}

/** The title of Compare and its choices: view, zoom, pixels. `children` stand beside the title. */
export function CompareTools({ frame, blink, children }: CompareToolsProps) {
  const { t } = useTexts();
  const actions = useActions();
  const mode = useTokenscope((state) => state.compare.mode);
  const smooth = useTokenscope((state) => state.compare.smooth);
  const count = useTokenscope((state) => state.slots.length);
  const title = [undefined, t('compare.titleOne'), t('compare.titleTwo'), t('compare.titleThree'), t('compare.titleFour')][count];
  return (
    <div className={styles.tools}>
      <h1>{title ?? t('compare.titleMany', { count })}</h1>
      {children}
      <div className={styles.choices}>
        <Choices
          name={t('compare.mode')}
          value={mode}
          options={MODES.map((value) => ({ value, text: t(`compare.${value}`) }))}
          onChange={(value) => actions.setCompare({ mode: value })}
        />
        {mode === 'blink' && (
          <span className={styles.blink}>
            <button type="button" className="word-button" onClick={blink.flip}>
              {t('compare.blinkFlip')}
            </button>
            <button type="button" className="word-button" onClick={blink.toggle} aria-pressed={blink.running}>
              {blink.running ? t('compare.blinkStop') : t('compare.blinkStart')}
            </button>
          </span>
        )}
        <ZoomChoices frame={frame} />
        <Choices
          name={t('compare.pixels')}
          showName
          value={smooth ? 'smooth' : 'squares'}
          options={[
            { value: 'squares', text: t('compare.squares') },
            { value: 'smooth', text: t('compare.smooth') },
          ]}
          onChange={(value) => actions.setCompare({ smooth: value === 'smooth' })}
        />
      </div>
    </div>
  );
}

/** Fit, one to one, four to one; whatever else the zoom is stands beside them. */
function ZoomChoices({ frame }: { readonly frame: Frame }) {
  const { t } = useTexts();
  const actions = useActions();
  const percent = useTokenscope((state) => Math.round(scaleOf(state.compare, frame) * 100));
  const zoom = useTokenscope((state) => (state.compare.zoom === 0 ? 'fit' : `${Math.round(state.compare.zoom * 100)}`));
  const options = [
    { value: 'fit', text: t('compare.fit') },
    { value: '100', text: '1:1' },
    { value: '400', text: '4:1' },
  ];
  const change = (value: string) => actions.setCompare(value === 'fit' ? FIT : { zoom: Number(value) / 100 });
  return (
    <span className={styles.zoom}>
      <Choices name={t('compare.zoom')} showName value={zoom} options={options} onChange={change} />
      <span className={`number ${styles.percent}`}>{percent} %</span>
    </span>
  );
}
