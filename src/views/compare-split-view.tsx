import { useCallback } from 'react';
import type { Picture } from '../core/picture.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore, useTokenscope } from '../state/hooks.ts';
import { SplitHandle } from '../ui/split-handle.tsx';
import { drawPicture } from './compare-draw.ts';
import type { CompareLink } from './compare-link.ts';
import styles from './compare-panel.module.css';
import { ComparePanel, type DrawPanel } from './compare-panel.tsx';

interface CompareSplitViewProps {
  readonly link: CompareLink;
  readonly source: Picture;
  readonly reconstruction: Picture;
  readonly model: string;
}

/** Source left of a line that can be dragged, reconstruction right of it. */
export function CompareSplitView({ link, source, reconstruction, model }: CompareSplitViewProps) {
  const { t } = useTexts();
  const actions = useActions();
  const store = usePlaygroundStore();
  const split = useTokenscope((state) => state.compare.split);
  const draw = useCallback<DrawPanel>(
    (context, rect) => {
      const { split: at, smooth } = store.getState().compare;
      const { width, height } = link.frame.panel;
      drawPicture(context, reconstruction, rect, smooth);
      context.save();
      context.beginPath();
      context.rect(0, 0, at * width, height);
      context.clip();
      drawPicture(context, source, rect, smooth);
      context.restore();
    },
    [store, link, source, reconstruction],
  );
  const change = (value: number) => actions.setCompare({ split: value });
  return (
    <div>
      <div className={styles.caption}>
        <b>{t('words.source')}</b>
        <b>{t('words.reconstruction')}</b>
      </div>
      <ComparePanel link={link} label={t('compare.splitPicture', { model })} draw={draw} onDrag={change}>
        <SplitHandle
          value={split}
          label={t('compare.splitHandle')}
          valueText={t('compare.splitValue', { percent: Math.round(split * 100) })}
          onChange={change}
        />
      </ComparePanel>
    </div>
  );
}
