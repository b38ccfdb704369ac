const MOST_TEXT = 2 ** 16;

/**
 * The settings file that a code base puts beside its checkpoints. Undefined for what is no map, cannot be read or has more than
 * 2^16 characters: settings are hints alone.
 */
export async function readYaml(text: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (text.length > MOST_TEXT) return undefined;
  // Few checkpoints come with one.
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { logLevel: 'error', maxAliasCount: 20, prettyErrors: false, uniqueKeys: false });
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
