import { type RefObject, useEffect, useState } from 'react';

export interface Size {
  width: number;
  height: number;
}

/** The size of an element's content box, kept up to date; null before it is known or while it has none. */
export function useSize(host: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    if (host.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize((known) => (known?.width === width && known.height === height ? known : { width, height }));
    });
    observer.observe(host.current);
    return () => {
      observer.disconnect();
    };
  }, [host]);
  return size;
}
