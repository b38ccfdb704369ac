import i18next from 'i18next';
import { type ErrorParameters, TokenscopeError } from '../core/errors.ts';
import { startTexts } from '../i18n/index.ts';

/** A named error as the sentence the page shows, also when it was thrown in a page and came here as text. */
export async function sentenceOf(error: unknown): Promise<string | undefined> {
  const named = error instanceof TokenscopeError ? error : parseNamed(error);
  if (!named) return undefined;
  await startTexts('en');
  const say = i18next.t as unknown as (key: string, parameters: object) => string;
  return say(`errors.${named.code}.what`, named.parameters);
}

function parseNamed(error: unknown): { code: string; parameters: object } | undefined {
  const [, code, json] = /TokenscopeError: ([a-z-]+) (\{.*\})/.exec(error instanceof Error ? error.message : '') ?? [];
  if (!code || !json) return undefined;
  try {
    return { code, parameters: JSON.parse(json) as ErrorParameters[keyof ErrorParameters] };
  } catch {
    return undefined;
  }
}
