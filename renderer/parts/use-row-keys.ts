import { type KeyboardEvent, type RefObject, useRef } from 'react';

interface RowKeys<E extends HTMLElement> {
  host: RefObject<E | null>;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** ↑ and ↓ walk the rows of a table that is no more than read; the current row has `data-current`. */
export function useRowKeys<E extends HTMLElement>(): RowKeys<E> {
  const host = useRef<E>(null);
  const currentRow = () => host.current?.querySelector<HTMLElement>('[data-row][data-current]') ?? null;
  const leave = () => {
    const row = currentRow();
    if (row !== null) delete row.dataset['current'];
  };
  return {
    host,
    onBlur: leave,
    onKeyDown(event) {
      if (event.target !== event.currentTarget || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown'))
        return;
      const rows = [...(host.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
      const current = currentRow();
      const at = current === null ? -1 : rows.indexOf(current);
      const next = rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))];
      leave();
      if (next === undefined) return;
      next.dataset['current'] = 'true';
      next.scrollIntoView({ block: 'nearest' });
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
