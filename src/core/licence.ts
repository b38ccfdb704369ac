/** What a manifest says where no licence is known; the page says it in its own language. */
export const LICENCE_NOT_STATED = 'not stated';
