import { type ReactNode, useCallback } from 'react';
import type { Picture } from '../core/picture.ts';
import { usePlaygroundStore } from '../state/hooks.ts';
import { drawPicture } from './compare-draw.ts';
import type { CompareLink } from './compare-link.ts';
import styles from './compare-panel.module.css';
import { ComparePanel, type DrawPanel } from './compare-panel.tsx';

interface ComparePictureProps {
  readonly link: CompareLink;
  readonly picture: Picture;
  readonly title: string;
  readonly label: string;
  /** At the right of the title. */
  readonly aside?: ReactNode;
}

/** One picture with its name over it. */
export function ComparePicture({ link, picture, title, label, aside }: ComparePictureProps) {
  const store = usePlaygroundStore();
  const draw = useCallback<DrawPanel>(
    (context, rect) => drawPicture(context, picture, rect, store.getState().compare.smooth),
    [store, picture],
  );
  return (
    <div>
      <div className={styles.caption}>
        <b>{title}</b>
        {aside}
      </div>
      <ComparePanel link={link} label={label} draw={draw} />
    </div>
  );
}
