import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlaygroundStore, initialState, type State } from '../../src/state/store.ts';
import { readLink, stateOfLink, writeLink } from '../../src/state/url.ts';

const all = new Set(['language', 'theme'] as const);

const states = fc.record({
  place: fc.constantFrom('pipeline' as const, 'compare' as const, 'codebook' as const),
  palette: fc.constantFrom('geometry' as const, 'hash' as const, 'bits' as const),
  language: fc.constantFrom('en' as const, 'zh' as const),
  theme: fc.constantFrom('light' as const, 'dark' as const),
  quantizerOpen: fc.boolean(),
  colourManaged: fc.boolean(),
  framing: fc.record({
    fit: fc.constantFrom('fill' as const, 'fit' as const, 'stretch' as const),
    crop: fc.constant({ x: 0, y: 0, width: 1, height: 1 }),
    height: fc.integer({ min: 8, max: 4096 }),
    width: fc.integer({ min: 8, max: 4096 }),
    background: fc.tuple(
      ...([0, 1, 2].map(() => fc.integer({ min: 0, max: 255 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    ),
  }),
  selection: fc.record({
    cell: fc.record({ t: fc.nat(9), row: fc.nat(99), column: fc.nat(99) }),
    entry: fc.constant(undefined),
  }),
  codebook: fc.record({
    order: fc.constantFrom('index' as const, 'hue' as const, 'map' as const),
    usageOf: fc.constantFrom('picture' as const, 'visit' as const),
  }),
});

test('whatever a link is made from, it brings back', () => {
  fc.assert(
    fc.property(states, (part) => {
      const { getState } = createPlaygroundStore(part as Partial<State>);
      expect({ ...getState(), ...stateOfLink(readLink(writeLink(getState(), '', all))) }).toEqual(getState());
    }),
  );
});

test('the frame of a clip and how its windows are put together', () => {
  const link = 'place=clip&piece=12.5,2.000001,29.97003&frame=37&overlap=4&blend=cut';
  const state = { ...initialState, ...stateOfLink(readLink(link)) };
  expect(state).toMatchObject({ place: 'clip', playhead: 37, clip: { overlap: 4, blend: 'cut' } });
  expect(state.piece).toEqual({ sample: undefined, window: { start: 12.5, duration: 2.000001, rate: 29.97003 } });
  expect(new URLSearchParams(writeLink(state, '', new Set()))).toEqual(new URLSearchParams(link));
  expect(readLink('frame=-1&overlap=x&blend=melt')).toEqual({});
});

test('the usual state needs no words; language and theme are said only when they were chosen', () => {
  expect(writeLink(initialState, '', new Set())).toBe('');
  expect(writeLink({ ...initialState, language: 'zh', theme: 'dark' }, '', new Set(['theme']))).toBe('theme=dark');
});

test('a crop, a zoom and a cell read as people write them', () => {
  expect(readLink('?fit=crop&crop=0.25,0,0.5,1&compare=blink&zoom=4&at=0.5,0.25&cell=3,7&size=128x192')).toEqual({
    fit: 'crop',
    crop: { x: 0.25, y: 0, width: 0.5, height: 1 },
    compareMode: 'blink',
    zoom: 4,
    at: { x: 0.5, y: 0.25 },
    cell: { t: 0, row: 3, column: 7 },
    size: { height: 128, width: 192 },
  });
});

test.each([
  'place=attic',
  'palette=',
  'cell=a,b',
  'cell=1',
  'cell=-1,4',
  'crop=0,0,2,2',
  'crop=0.5,0.5,0,0',
  'size=1x1',
  'piece=1,2',
  'piece=-1,2,25',
  'piece=0,0,25',
  'piece=0,2,1e9',
  'size=9999x9999',
  'background=red',
  'zoom=1e9',
  'at=2,2',
  'entry=-4',
  'lang=fr',
  'sample=../../etc',
  'unknown=1',
])('nonsense is left out: %s', (query) => {
  expect(readLink(query)).toEqual({});
});

test('no text breaks the reader', () => {
  fc.assert(fc.property(fc.webQueryParameters(), (query) => void readLink(query)));
});

test('parameters of others stay in the address', () => {
  expect(writeLink({ ...initialState, place: 'compare' }, '?test&adapter=any', new Set())).toBe(
    'test=&adapter=any&place=compare',
  );
});
