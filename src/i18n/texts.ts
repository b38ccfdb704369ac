/** Any texts with the same keys as `T`. */
type SameKeys<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameKeys<T[K]> };

/** The texts of one area in both languages; a missing or surplus key is a type error. */
export function texts<const T>(en: T, zh: SameKeys<T>): { readonly en: T; readonly zh: SameKeys<T> } {
  return { en, zh };
}
