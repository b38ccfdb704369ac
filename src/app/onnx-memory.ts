import type { Corrections, Scaling } from '../core/proposal.ts';
import { scalingNames } from '../core/proposal.ts';

/** What a visitor settled about the same files before. */
export interface Settled {
  readonly corrections: Corrections;
  readonly scaling: Scaling;
  readonly title: string;
}

const keyOf = (key: string) => `tokenscope-onnx-${key}`;

export function recallSettled(key: string): Settled | undefined {
  try {
    const settled: unknown = JSON.parse(localStorage.getItem(keyOf(key)) ?? 'null');
    return isSettled(settled) ? settled : undefined;
  } catch {
    return undefined;
  }
}

export function rememberSettled(key: string, settled: Settled): void {
  try {
    localStorage.setItem(keyOf(key), JSON.stringify(settled));
  } catch {
    // Storage may be forbidden or full; then it is asked again next time.
  }
}

function isSettled(value: unknown): value is Settled {
  const { corrections, scaling, title } = (value ?? {}) as Partial<Settled>;
  const { input, output, channels } = scaling ?? {};
  const known = (name: unknown) => scalingNames.includes(name as Scaling['input']);
  const isObject = typeof corrections === 'object' && corrections !== null;
  return isObject && typeof title === 'string' && known(input) && known(output) && (channels === 'rgb' || channels === 'bgr');
}
