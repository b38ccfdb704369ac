import { texts } from '../texts.ts';

export const codebook = texts({}, {});
