import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { changeLanguage, type Language, startTexts } from '../i18n/index.ts';
import { consoleOf } from '../state/console.ts';
import { PlaygroundContext } from '../state/hooks.ts';
import { keepLink } from '../state/link.ts';
import { createPlayground } from '../state/playground.ts';
import type { State, Store } from '../state/store.ts';
import type { Surroundings } from '../state/surroundings.ts';
import { readLink, stateOfLink } from '../state/url.ts';
import { App } from './app.tsx';
import { LinkContext } from './link-context.ts';

declare global {
  interface Window {
    tokenscope: ReturnType<typeof consoleOf>;
  }
}

/** Puts the page together and starts it. `public/first-paint.js` has chosen language and theme before. */
export async function mountPage(host: Parameters<typeof createPlayground>[0], surroundings: Surroundings): Promise<void> {
  const link = readLink(location.search);
  const { lang, dataset } = document.documentElement;
  const language: Language = lang === 'zh' ? 'zh' : 'en';
  const theme = dataset.theme === 'dark' ? 'dark' : 'light';
  const playground = createPlayground(host, surroundings, {
    ...stateOfLink(link),
    ...{ language, theme },
    checkpoints: recallForm(),
  });
  const started = playground.start(link);
  await startTexts(language);
  dress(playground.store);
  const query = keepLink(playground.store, {
    search: () => location.search,
    replace: (search) => history.replaceState(history.state, '', addressWith(search)),
    push: (search) => history.pushState(undefined, '', addressWith(search)),
    onMove: (listener) => addEventListener('popstate', listener),
  });
  const whole = () => new URL(addressWith(query()), location.href).href;
  window.tokenscope = consoleOf(playground);
  // Under `?test` the command line (evaluate, bench) and the tests of the built site ask the page itself.
  if (host.test) Object.assign(window, { tokenscopeTest: { host, ...playground } });
  createRoot(document.querySelector('#root')!).render(
    <StrictMode>
      <LinkContext value={whole}>
        <PlaygroundContext value={playground}>
          <App />
        </PlaygroundContext>
      </LinkContext>
    </StrictMode>,
  );
  await started;
}

function addressWith(search: string): string {
  return `${location.pathname}${search ? `?${search}` : ''}${location.hash}`;
}

/** Language and theme on the document itself, and with the form of checkpoints in the browser's memory for the next visit. */
function dress(store: Store): void {
  store.subscribe((state, before) => {
    if (state.theme !== before.theme) {
      document.documentElement.dataset.theme = state.theme;
      remember('theme', state.theme);
    }
    if (state.language !== before.language) {
      document.documentElement.lang = state.language;
      remember('language', state.language);
      void changeLanguage(state.language);
    }
    if (state.checkpoints !== before.checkpoints) {
      remember('weights', state.checkpoints.weights);
      remember('graph', state.checkpoints.graph);
    }
  });
}

/** How checkpoints were opened on the last visit. */
function recallForm(): State['checkpoints'] {
  return {
    weights: recall('weights') === 'half' ? 'half' : 'stored',
    graph: recall('graph') === 'fast' ? 'fast' : 'plain',
  };
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(`tokenscope-${key}`);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`tokenscope-${key}`, value);
  } catch {
    // Storage may be forbidden; the link still knows.
  }
}
