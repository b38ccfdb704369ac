import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { checkpoints } from './texts/checkpoints.ts';
import { clip } from './texts/clip.ts';
import { codebook } from './texts/codebook.ts';
import { compare } from './texts/compare.ts';
import { errors } from './texts/errors.ts';
import { metrics } from './texts/metrics.ts';
import type { models } from './texts/models.ts';
import { open } from './texts/open.ts';
import { pipeline } from './texts/pipeline.ts';
import { shell } from './texts/shell.ts';
import { sources } from './texts/sources.ts';
import { words } from './texts/words.ts';

/** Every sentence of the page by area; keys are written `area.key`. */
export const areas = { clip, words, shell, pipeline, compare, codebook, sources, errors, metrics, checkpoints, open };

/** Areas that a dialog brings along, so that the page need not wait for them. */
type LaterAreas = { readonly models: typeof models };
type Resources = { [A in keyof typeof areas]: (typeof areas)[A]['en'] } & { [A in keyof LaterAreas]: LaterAreas[A]['en'] };

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Resources };
  }
}

export type Language = 'en' | 'zh';

function resources(language: Language) {
  return { translation: Object.fromEntries(Object.entries(areas).map(([area, both]) => [area, both[language]])) };
}

/** Must have run before anything is drawn. */
export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: resources('en'), zh: resources('zh') },
    interpolation: { escapeValue: false },
  });
}

/** For code that is fetched when it is needed: the words it brings along. */
export function addTexts<A extends keyof LaterAreas>(area: A, both: LaterAreas[A]): void {
  for (const language of ['en', 'zh'] as const)
    i18next.addResourceBundle(language, 'translation', { [area]: both[language] }, true);
}

export async function changeLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
}

/** `t('pipeline.title', { … })` and the language in use. */
export function useTexts() {
  const { t, i18n } = useTranslation();
  return { t, language: i18n.language as Language };
}

/** Making a format costs a hundred times what using it does. */
const formats: Intl.NumberFormat[] = [];

/** Thousands separated the same way in both languages; `digits` after the point. */
export function number(value: number, digits = 0): string {
  let format = formats[digits];
  if (!format) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats[digits] = format;
  }
  return format.format(value);
}
