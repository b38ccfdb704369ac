import { describe, expect, it } from 'vitest';
import { clipSizes } from '../../src/app/clip-layout.ts';
import { planClip } from '../../src/core/clip-plan.ts';
import { initialState } from '../../src/state/store.ts';
import { frameAt, planeOnScreen } from '../../src/views/clip-clock.ts';
import {
  frameAtX,
  lanesOf,
  pictureStep,
  planeSize,
  planeSpans,
  seamSpans,
  windowSpans,
} from '../../src/views/clip-timeline-geometry.ts';
import { FIRST_VIEW, placePlanes, planeAt } from '../../src/views/clip-volume-geometry.ts';

describe('the clock of a clip', () => {
  const begun = { frame: 3, at: 1000 };

  it('shows the frame of the moment, however late it is asked', () => {
    expect(frameAt(begun, 1000, 25, 100, false)).toEqual({ frame: 3, ended: false });
    expect(frameAt(begun, 1039, 25, 100, false)).toEqual({ frame: 3, ended: false });
    expect(frameAt(begun, 1040, 25, 100, false)).toEqual({ frame: 4, ended: false });
    expect(frameAt(begun, 3000, 25, 100, false)).toEqual({ frame: 53, ended: false });
  });

  it('ends on the last frame, or begins again', () => {
    expect(frameAt(begun, 9000, 25, 100, false)).toEqual({ frame: 99, ended: true });
    // 3 + 200 frames = 203, the third round's fourth frame.
    expect(frameAt(begun, 9000, 25, 100, true)).toEqual({ frame: 3, ended: false });
  });
});

describe('the token volume on screen', () => {
  const size = { width: 600, height: 360 };

  it.each(['planes', 'stack'] as const)('finds the cell of a plane where it was drawn: %s', (shape) => {
    const placed = placePlanes(5, size, 1, { ...FIRST_VIEW, shape });
    expect(placed).toHaveLength(5);
    const front = placed.at(-1)!;
    const at = (u: number, v: number) =>
      planeAt(placed, front.x + u * front.ux + v * front.vx, front.y + u * front.uy + v * front.vy)!;
    for (const [u, v] of [
      [0.1, 0.1],
      [0.9, 0.2],
      [0.5, 0.95],
    ] as const) {
      expect(at(u, v).plane).toBe(front.plane);
      expect(at(u, v).u).toBeCloseTo(u, 9);
      expect(at(u, v).v).toBeCloseTo(v, 9);
    }
    expect(planeAt(placed, -50, -50)).toBeUndefined();
  });

  it('stays within its panel when its planes stand in a row', () => {
    for (const { x, y, ux, uy, vy } of placePlanes(8, size, 1, FIRST_VIEW)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + ux).toBeLessThanOrEqual(size.width + 1e-6);
      expect(y + uy).toBeGreaterThanOrEqual(-1e-6);
      expect(y + vy).toBeLessThanOrEqual(size.height);
    }
  });

  it('leaves more room between windows than between their planes', () => {
    const placed = placePlanes(8, size, 1, FIRST_VIEW, [0, 4]);
    const steps = placed.slice(1).map(({ x }, i) => x - placed[i]!.x);
    for (const [i, step] of steps.entries()) expect(step / steps[0]!).toBeCloseTo(i === 3 ? 1.8 : 1, 9);
    const last = placed.at(-1)!;
    expect(last.x + last.ux).toBeLessThanOrEqual(size.width + 1e-6);
  });

  it('draws far planes first, from either side', () => {
    const order = (yaw: number) => placePlanes(3, size, 1, { shape: 'stack', yaw, pitch: 0.3 }).map(({ plane }) => plane);
    expect(order(0.4)).toEqual([2, 1, 0]);
    expect(order(Math.PI - 0.4)).toEqual([0, 1, 2]);
  });
});

describe('the timeline', () => {
  it('puts each plane over its frames', () => {
    const plan = planClip(10, { rule: 'grouped', reduction: 4, window: 8 });
    // Frames 0 to 3, 4 to 7, then 8 and 9 with two repeated; the last plane is nothing but padding.
    expect(planeSpans(plan, 100)).toEqual([
      { plane: 0, left: 0, right: 40, lower: false, padded: 0 },
      { plane: 1, left: 40, right: 80, lower: false, padded: 0 },
      { plane: 2, left: 80, right: 100, lower: false, padded: 2 },
    ]);
    expect(seamSpans(plan, 100)).toEqual([{ left: 80, overlap: 0 }]);
  });

  it('gives windows that overlap a lane each, so that no plane covers another', () => {
    const plan = planClip(40, { rule: 'grouped', reduction: 4, window: 16 }, 4);
    expect(windowSpans(plan, 400)).toEqual([
      { window: 0, left: 0, right: 160, lower: false },
      { window: 1, left: 120, right: 280, lower: true },
      { window: 2, left: 240, right: 400, lower: false },
    ]);
    const spans = planeSpans(plan, 400);
    for (const [i, { left, right, lower }] of spans.entries()) {
      for (const other of spans.slice(i + 1)) {
        const apart = other.lower !== lower || other.left >= right || other.right <= left;
        expect(apart, `planes ${i} and ${other.plane}`).toBe(true);
      }
    }
    const { planes } = clipSizes({ width: 1360, height: 900 }, 2, 1, plan).rows;
    const { count, names } = lanesOf(plan);
    const { tall } = planeSize(plan, planeSpans(plan, 1360), { planes }, { h: 16, w: 16 });
    expect(count * (names + tall)).toBeLessThan(planes);
  });

  it('names windows only where there are several, of a model that has them', () => {
    const rule = { rule: 'grouped', reduction: 4, window: 16 } as const;
    expect(lanesOf(planClip(16, rule, 4))).toEqual({ count: 1, names: 0 });
    expect(lanesOf(planClip(17, rule))).toEqual({ count: 1, names: 18 });
    expect(lanesOf(planClip(9, { rule: 'each', reduction: 1, window: 1 }, 4))).toEqual({ count: 1, names: 0 });
    expect(windowSpans(planClip(16, rule), 400)).toEqual([]);
  });

  it('knows the frame under the pointer', () => {
    expect([-5, 0, 24, 26, 99, 500].map((x) => frameAtX(x, 4, 100))).toEqual([0, 0, 0, 1, 3, 3]);
  });

  it('leaves pictures out before they become too narrow', () => {
    expect(pictureStep(10, 400, 30)).toBe(1);
    expect(pictureStep(100, 400, 30)).toBe(8);
  });
});

describe('the layout of the Clip place', () => {
  it.each([
    [1360, 900, 2],
    [1216, 720, 2],
    [960, 768, 3],
    [358, 844, 2],
    [358, 844, 3],
  ])('fits a width of %i in a window %i high with %i players', (width, height, players) => {
    const plan = planClip(97, { rule: 'grouped', reduction: 4, window: 16 });
    const { gap, player, volume, stacked, rows } = clipSizes({ width, height }, players, 1, plan);
    const columns = width < 660 ? Math.min(2, players) : players;
    const across = columns * player.width + (columns - 1) * gap + (stacked ? 0 : gap + volume.width);
    expect(across).toBeLessThanOrEqual(width + 1);
    expect(volume.width).toBeGreaterThan(150);
    // Header and tools above; transport and piece between.
    const below = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve;
    if (!stacked) expect(134 + player.height + 90 + below).toBeLessThanOrEqual(height);
  });

  it('does not keep a tall row for narrow planes', () => {
    const plan = planClip(100, { rule: 'each', reduction: 1, window: 1 });
    expect(clipSizes({ width: 1000, height: 900 }, 2, 1, plan).rows.planes).toBe(18);
  });
});

it('the plane on screen is that of the frame while it plays or is scrubbed, else the selected one', () => {
  const plan = planClip(40, { rule: 'grouped', reduction: 4, window: 16 });
  const slots = [{ clip: { plan } }] as unknown as typeof initialState.slots;
  const state = { ...initialState, slots, playhead: 9, selection: { ...initialState.selection, plane: 7 } };
  const clock = { frame: 9, playing: false, loop: true, speed: 1 };
  expect(planeOnScreen(state, clock, plan)).toBe(7);
  expect(planeOnScreen({ ...state, selection: initialState.selection }, clock, plan)).toBe(2);
  expect(planeOnScreen(state, { ...clock, frame: 21 }, plan)).toBe(5);
  expect(planeOnScreen(state, { ...clock, playing: true }, plan)).toBe(2);
});
