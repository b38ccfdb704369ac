import { texts } from '../texts.ts';

export const pipeline = texts({}, {});
