import { expect, test } from 'vitest';
import { scriptsAtStart } from '../../src/cli/start-script.ts';
import { markdownTable, printTable } from '../../src/cli/table.ts';
import { withBench, withFigures } from '../../src/cli/write-figures.ts';

const figures = {
  set: 'Kodak 24, centre 512',
  psnr: 23.456,
  jpegPsnr: 21.987,
  ssim: 0.71,
  msssim: null,
  usage: 0.987,
  perplexity: 800,
  dead: 3,
};

test('figures are added to a card once, and replaced the next time', () => {
  const card = '# VQGAN\n\nWhat it is.\n';
  const once = withFigures(card, [figures]);
  expect(once).toContain('# VQGAN\n\nWhat it is.\n\n## Figures\n');
  expect(once).toContain('| Kodak 24, centre 512 | 23.46 | 21.99 | 0.710 | – | – | – | – | 98.7 % | 800.0 | 3 |');
  const twice = withFigures(once, [{ ...figures, psnr: 24 }]);
  expect(twice).toContain('| 24.00 |');
  expect(twice).not.toContain('23.46');
  expect(twice.match(/## Figures/g)).toHaveLength(1);
});

test('the script of the start is what index.html imports without import(), and what it preloads', () => {
  const manifest = {
    'index.html': { file: 'assets/index-1.js', imports: ['_shared.js'] },
    '_shared.js': { file: 'assets/shared-1.js', imports: ['_deep.js', 'index.html'] },
    '_deep.js': { file: 'assets/deep-1.js' },
    'src/lazy.ts': { file: 'assets/lazy-1.js' },
  };
  const html =
    '<link rel="modulepreload" crossorigin href="./assets/preloaded-1.js"><script type="module" src="./assets/index-1.js">';
  expect(scriptsAtStart(manifest, html).sort()).toEqual([
    'assets/deep-1.js',
    'assets/index-1.js',
    'assets/preloaded-1.js',
    'assets/shared-1.js',
  ]);
});

test('tables are aligned', () => {
  const rows = [
    ['what', 'ms'],
    ['encode', '8'],
  ];
  expect(printTable(rows)).toBe('what    ms\nencode   8');
  expect(markdownTable(rows)).toBe('| what | ms |\n| --- | --- |\n| encode | 8 |');
});

test('the bench replaces its table in the README, and leaves one without marks alone', () => {
  const readme = '# T\n<!-- bench: written by npm run bench -- --write -->\nold\n<!-- /bench -->\nrest\n';
  const written = withBench(readme, 'a machine', [['what'], ['encode']]);
  expect(written).toContain('a machine\n\n| what |\n| --- |\n| encode |\n\n<!-- /bench -->\nrest\n');
  expect(written).not.toContain('old');
  expect(withBench('# T\n', 'a machine', [])).toBe('# T\n');
});
