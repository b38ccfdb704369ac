import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circles, importsBelow, wordsInMarkup } from './imports.ts';

/**
 * Which room may import which, type imports included; reading order, top to bottom, is the direction of every arrow.
 * `types:` in front allows what is erased when the page is built, and nothing else.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.tsx': ['app', 'views', 'ui', 'i18n', 'state', 'engine', 'convert', 'media', 'metrics', 'quantizers', 'core'],
  'service-worker.ts': [],
  cli: ['i18n', 'engine', 'convert', 'metrics', 'core'],
  app: ['views', 'ui', 'i18n', 'state', 'media', 'metrics', 'quantizers', 'core'],
  views: ['ui', 'i18n', 'state', 'metrics', 'quantizers', 'core'],
  state: ['types:engine', 'media', 'core'],
  ui: ['i18n', 'core'],
  i18n: ['core'],
  media: ['core'],
  engine: ['convert', 'onnx', 'quantizers', 'metrics', 'core'],
  convert: ['onnx', 'quantizers', 'core'],
  onnx: ['core'],
  metrics: ['core'],
  quantizers: ['core'],
  core: [],
};

const source = resolve(import.meta.dirname, '../src');
const fixtures = resolve(import.meta.dirname, 'fixtures/architecture');
const roomOf = (file: string) => file.split('/')[0]!;

describe('the house', () => {
  const { files, imports } = importsBelow(source);

  test('was really looked at', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.some(({ from }) => from.endsWith('.tsx'))).toBe(true);
  });

  test('every import obeys the table', () => expect(forbidden(source)).toEqual([]));
  test('nothing imports itself through others', () => expect(circles(imports)).toEqual([]));
  test('every room stands in the table', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test('no words stand in the markup of a component: src/i18n owns them', () => {
    const found = files
      .filter((file) => file.endsWith('.tsx'))
      .flatMap((file) => wordsInMarkup(file, readFileSync(join(source, file), 'utf8')).map((words) => `${file}: ${words}`));
    expect(found).toEqual([]);
  });
});

describe('what would break the house is found', () => {
  test.each([
    ['forbidden', ['core → ui: core/word.ts → ui/draw.ts']],
    ['type-only', ['core → engine: core/word.ts → engine/protocol.ts']],
    ['jsx', ['views → app: views/grid.tsx → app/page.tsx']],
    ['state-runs-engine', ['state → engine: state/store.ts → engine/protocol.ts']],
    ['good', []],
  ])('%s', (folder, expected) => {
    expect(forbidden(join(fixtures, folder, 'src'))).toEqual(expected);
  });

  test('a circle of type imports', () => {
    const { imports } = importsBelow(join(fixtures, 'circle/src'));
    expect(circles(imports)).toEqual(['core/egg.ts → core/hen.ts → core/egg.ts']);
  });

  test('words in markup', () => {
    const grid = readFileSync(join(fixtures, 'jsx/src/views/grid.tsx'), 'utf8');
    expect(wordsInMarkup('grid.tsx', grid)).toEqual(['Drop a picture']);
  });
});

function forbidden(folder: string): string[] {
  return importsBelow(folder)
    .imports.filter(({ from, to, typeOnly }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      const allowed = MAY_IMPORT[room] ?? [];
      return room !== target && !allowed.includes(target) && !(typeOnly && allowed.includes(`types:${target}`));
    })
    .map(({ from, to }) => `${roomOf(from)} → ${roomOf(to)}: ${from} → ${to}`);
}
