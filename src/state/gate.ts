/** Something that work may be asked to wait behind; open until it is shut. */
export function makeGate() {
  let passage: Promise<void> = Promise.resolve();
  let open = () => {};
  return {
    passed: () => passage,
    open: () => open(),
    /** Shuts the gate until it is opened, or `most` milliseconds have gone by. */
    shut(most: number): void {
      passage = new Promise((resolve) => {
        open = resolve;
        setTimeout(resolve, most);
      });
    },
  };
}
