import { useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import type { Palette } from '../state/store.ts';
import { type Shortcut, useShortcuts } from '../ui/shortcuts.ts';
import { showDialog } from './dialogs.ts';
import { places } from './places-nav.tsx';

const palettes: readonly Palette[] = ['geometry', 'hash', 'usage', 'distance', 'bits'];

/** Keys that work everywhere on the page. */
export function usePageShortcuts(): void {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const actions = useActions();
  const group = useMemo(() => {
    const { getState } = store;
    const shortcuts: Shortcut[] = [
      ...places.map((place, i): Shortcut => ({ keys: String(i + 1), text: t(`shell.${place}`), run: () => actions.goTo(place) })),
      { keys: 'o', text: t('shell.openTitle'), run: () => showDialog('open') },
      { keys: 's', text: t('shell.saveTitle'), run: () => showDialog('save') },
      { keys: 'f', text: t('shell.framing.title'), run: () => showDialog('framing') },
      { keys: 'l', text: t('shell.keys.language'), run: () => actions.setLanguage(getState().language === 'en' ? 'zh' : 'en') },
      { keys: 't', text: t('shell.keys.theme'), run: () => actions.setTheme(getState().theme === 'light' ? 'dark' : 'light') },
      {
        keys: 'p',
        text: t('shell.keys.palette'),
        run: () => actions.setPalette(palettes[(palettes.indexOf(getState().palette) + 1) % palettes.length]!),
      },
      { keys: 'Shift+?', text: t('shell.help'), run: () => showDialog('keys') },
      { keys: 'Escape', text: t('shell.keys.escape'), run: () => dismiss() },
    ];
    const dismiss = () => {
      if (getState().camera.running) actions.stopCamera();
      else actions.dismissError();
    };
    return { title: t('shell.keys.everywhere'), shortcuts };
  }, [t, store, actions]);
  useShortcuts(group);
}
