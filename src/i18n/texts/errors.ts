import { texts } from '../texts.ts';

export const errors = texts({}, {});
