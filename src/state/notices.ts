import type { Remark } from '../media/opened-picture.ts';
import type { Store } from './store.ts';

/** More would be a wall of text. */
const MOST = 3;

/** Things worth telling that are no failures. */
export function noticesOf(store: Store) {
  let nextKey = 1;
  const keyed = (remarks: readonly Remark[]) => remarks.map((remark) => ({ key: nextKey++, ...remark }));
  return {
    tell(remarks: readonly Remark[]): void {
      store.setState(({ notices }) => ({ notices: [...notices, ...keyed(remarks)].slice(-MOST) }));
    },
    /** What was told of the same matter before no longer holds: texts under one name (`open.parity`). */
    tellAnew(matter: string, remark: Remark): void {
      store.setState(({ notices }) => {
        const others = notices.filter(({ text }) => !text.startsWith(`${matter}.`));
        return { notices: [...others, ...keyed([remark])].slice(-MOST) };
      });
    },
    /** What was told of the source before no longer holds. */
    replace(remarks: readonly Remark[]): void {
      store.setState({ notices: keyed(remarks).slice(-MOST) });
    },
    dismiss(key: number): void {
      store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.key !== key) }));
    },
  };
}
