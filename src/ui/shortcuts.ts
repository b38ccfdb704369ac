import { useEffect } from 'react';
import { tinykeys } from 'tinykeys';
import { registry } from './registry.ts';

export interface Shortcut {
  /** tinykeys syntax, e.g. `ArrowLeft`, `Shift+?`, `g p`. */
  readonly keys: string;
  /** As the `?` sheet says it, in the visitor's language. */
  readonly text: string;
  run(event: KeyboardEvent): void;
}

export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

const groups = registry<ShortcutGroup>();

/** All keys that work now, for the `?` sheet. */
export const useShortcutGroups = groups.useEntries;

/** Keys of a part of the page, working while it is mounted; keep the group stable (useMemo). Typing in a field is left alone. */
export function useShortcuts(group: ShortcutGroup): void {
  groups.useEntry(group);
  useEffect(
    () =>
      tinykeys(
        window,
        Object.fromEntries(
          group.shortcuts.map((shortcut) => [
            shortcut.keys,
            (event: KeyboardEvent) => {
              if (!takesKeys(event)) shortcut.run(event);
            },
          ]),
        ),
      ),
    [group],
  );
}

/** Fields, sliders, menus and dialogs use the keys themselves; radio buttons only those that choose. */
function takesKeys(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  if (target?.matches?.('input[type="radio"]') && !target.closest('dialog')) return /^(Arrow| $)/.test(event.key);
  return (
    event.defaultPrevented ||
    !!target?.closest?.(
      'input, textarea, select, [contenteditable], [role="slider"], [role="menu"], [role="menuitem"], dialog, [role="dialog"], [role="listbox"]',
    )
  );
}
