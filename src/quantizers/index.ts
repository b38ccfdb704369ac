import type { QuantizerKind } from '../core/quantizer.ts';
import { shelf } from '../core/shelf.ts';

/** Quantizer kinds by the name a manifest gives them. */
export const quantizers = shelf<QuantizerKind>(import.meta.glob('./*.ts', { eager: true, import: 'default' }));
