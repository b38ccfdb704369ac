import { texts } from '../texts.ts';

export const metrics = texts({}, {});
