import type { Variant } from '../state/self-test.ts';

export const PROVIDERS = { webgpu: 'WebGPU', wasm: 'WASM' } as const satisfies Record<Variant['provider'], string>;

export const PRECISIONS = { float32: 'fp32', float16: 'fp16' } as const satisfies Record<Variant['precision'], string>;

/** `WebGPU`, or `WebGPU fp16` where that is not the usual precision. */
export function providerName(provider: Variant['provider'], precision: Variant['precision'] = 'float32'): string {
  return precision === 'float32' ? PROVIDERS[provider] : `${PROVIDERS[provider]} ${PRECISIONS[precision]}`;
}
