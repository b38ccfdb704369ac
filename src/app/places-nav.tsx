import type { MouseEvent } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { Place } from '../state/store.ts';
import styles from './places-nav.module.css';

export const places: readonly Place[] = ['pipeline', 'compare', 'codebook', 'clip'];

/** The wordmark and the places; on a phone the places lie at the bottom of the screen. */
export function PlacesNav() {
  const { t } = useTexts();
  const here = useTokenscope((state) => state.place);
  const { goTo } = useActions();
  const link = (place: Place) => ({
    href: `?place=${place}`,
    onClick(event: MouseEvent) {
      // Anything but a plain click opens a tab or window of its own.
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      goTo(place);
      scrollTo(0, 0);
    },
  });
  return (
    <div className={styles.side}>
      <a className={styles.mark} {...link('pipeline')}>
        {t('shell.name')}
      </a>
      <nav className={styles.places} aria-label={t('shell.places')}>
        {places.map((place) => (
          <a key={place} {...link(place)} aria-current={place === here ? 'page' : undefined} data-text={t(`shell.${place}`)}>
            {t(`shell.${place}`)}
          </a>
        ))}
      </nav>
    </div>
  );
}
