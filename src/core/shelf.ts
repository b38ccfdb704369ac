/** Turns `import.meta.glob` of a shelf folder into { file-name: default export }, without the shelf's own index. */
export function shelf<T>(modules: Record<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(modules)
      .map(([path, module]) => [path.replace(/^.*\/|\.tsx?$/g, ''), module] as const)
      .filter(([name]) => name !== 'index'),
  );
}
