/** Which channels a chart of limited width shows. */
export interface Slots {
  /** Width of one slot in CSS pixels. */
  readonly step: number;
  /** Neighbouring channels that share a slot. */
  readonly each: number;
  /** The channel shown in every slot: of those that share it, the one farthest from zero. */
  readonly channels: readonly number[];
}

export function chartSlots(vector: ArrayLike<number>, width: number, detailed: boolean): Slots {
  const room = Math.max(1, Math.floor(width / (detailed ? 2.5 : 2)));
  const each = Math.max(1, Math.ceil(vector.length / room));
  const count = Math.max(1, Math.ceil(vector.length / each));
  const channels = Array.from({ length: count }, (_, slot) => farthest(vector, slot * each, (slot + 1) * each));
  return { step: width / count, each, channels };
}

function farthest(vector: ArrayLike<number>, from: number, to: number): number {
  let best = from;
  for (let i = from + 1; i < Math.min(to, vector.length); i++) {
    if (Math.abs(vector[i]!) > Math.abs(vector[best]!)) best = i;
  }
  return best;
}

/** The first channel of the slot at `x`, clamped to the chart. */
export function slotAt({ step, each, channels }: Slots, x: number): number {
  const slot = Math.min(channels.length - 1, Math.max(0, Math.floor(x / step)));
  return slot * each;
}

/** A value in few characters: no leading zero, fewer digits where the number is large or the room small. */
export function shortNumber(value: number, room = 40): string {
  const size = Math.abs(value);
  const digits = size >= 99.5 ? 0 : size >= 9.95 || room < 30 ? 1 : size >= 0.995 ? 1 : 2;
  const text = size.toFixed(digits).replace(/^0\./, '.');
  return Number(text) === 0 || value >= 0 ? text : `−${text}`;
}
