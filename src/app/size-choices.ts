import { modelSize, type Size, type SizeRule } from '../core/framing.ts';

const SIDES = [64, 96, 128, 192, 256, 320, 384, 512, 640, 768, 1024];

/** Sizes a model takes: squares, and (`shape`) those shaped like the picture; the present one always among them. */
export function sizeChoices(rule: SizeRule, present: Size, shape: Size | undefined): readonly Size[] {
  const squares = SIDES.map((side) => modelSize({ height: side, width: side }, rule));
  const shaped = shape
    ? SIDES.map((side) => {
        const scale = side / Math.max(shape.height, shape.width);
        return modelSize({ height: shape.height * scale, width: shape.width * scale }, rule);
      })
    : [];
  const all = [...squares, ...shaped, present];
  const distinct = new Map(all.map((size) => [`${size.height} ${size.width}`, size]));
  return [...distinct.values()].sort(
    (a, b) => Number(a.height !== a.width) - Number(b.height !== b.width) || a.height * a.width - b.height * b.width,
  );
}
