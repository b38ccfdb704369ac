import { texts } from '../texts.ts';

export const shell = texts({}, {});
