import { texts } from '../texts.ts';

export const compare = texts({}, {});
