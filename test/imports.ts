import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'vite';

export interface Import {
  readonly from: string;
  readonly to: string;
  /** Erased when the page is built: `import type` or a type's own `import()`. */
  readonly typeOnly: boolean;
}

/** Every import between the source files of a folder, found with Vite's own parser; paths relative to the folder. */
export function importsBelow(folder: string): { readonly files: readonly string[]; readonly imports: readonly Import[] } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.endsWith('.d.ts'))
    .sort();
  return { files, imports: files.flatMap((file) => importsOf(folder, file)) };
}

function importsOf(folder: string, file: string): Import[] {
  const text = readFileSync(join(folder, file), 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const statement = (start: number) => /^(import|export)\s+type\b/.test(text.slice(start, start + 20));
  const found = [
    ...module.staticImports.map(({ moduleRequest, start }) => ({ to: moduleRequest.value, typeOnly: statement(start) })),
    ...module.staticExports.flatMap(({ entries, start }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [{ to: moduleRequest.value, typeOnly: statement(start) }] : [])),
    ),
    // What is loaded late counts like any import; a type's `import()` looks the same, and is taken for the stricter.
    ...[...text.matchAll(/\bimport\(\s*'([^']+)'/g)].map((match) => ({ to: match[1]!, typeOnly: false })),
  ];
  return found
    .filter(({ to }) => to.startsWith('.'))
    .map(({ to, typeOnly }) => ({ from: file, to: relative(folder, join(folder, dirname(file), to)), typeOnly }))
    .filter(({ to }) => existsSync(join(folder, to)) && /\.(ts|tsx|mjs)$/.test(to));
}

/** Groups of files that import each other in a circle, each as one line. */
export function circles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}

/** Words that stand between the tags of a component. */
export function wordsInMarkup(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, value } = node as { type?: unknown; value?: unknown };
    if (type === 'JSXText' && typeof value === 'string' && /[A-Za-z\u4e00-\u9fff]{2}/.test(value)) found.push(value.trim());
    Object.values(node).forEach(visit);
  };
  visit(parseSync(file, text).program);
  return found;
}
