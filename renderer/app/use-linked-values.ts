import { useEffect } from 'react';
import './linked-values.css';

/** What is pointed at, has the focus or is read by the keys in one tile lights up in the others. The attribute is the
 *  document's own: no tile is drawn anew for it. */
export function useLinkedValues(): void {
  useEffect(() => {
    let lit: Element | null = null;
    const light = (source: Element | null) => {
      if (source === lit) return;
      lit = source;
      clear();
      if (source !== null) lightOthers(source);
    };
    const onTarget = ({ target }: Event) => {
      light(target instanceof Element ? target.closest('[data-linked]') : null);
    };
    const reading = new MutationObserver((records) => {
      const read = records.find(({ target }) => isRead(target))?.target;
      if (read instanceof Element) light(read.closest('[data-linked]'));
      else if (lit?.isConnected === false) light(null);
    });
    reading.observe(document.body, { subtree: true, attributeFilter: ['data-current'] });
    let frame = 0;
    const drawing = new MutationObserver(() => {
      if (lit === null || frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (lit?.isConnected === true) lightOthers(lit); // what was drawn anew meanwhile
      });
    });
    drawing.observe(document.body, { subtree: true, childList: true });
    addEventListener('pointerover', onTarget);
    addEventListener('focusin', onTarget);
    return () => {
      reading.disconnect();
      drawing.disconnect();
      cancelAnimationFrame(frame);
      removeEventListener('pointerover', onTarget);
      removeEventListener('focusin', onTarget);
      clear();
    };
  }, []);
}

const isRead = (target: Node): boolean =>
  target instanceof Element && target.getAttribute('data-current') === 'true';

function clear(): void {
  for (const element of document.querySelectorAll('[data-lit]')) element.removeAttribute('data-lit');
}

function lightOthers(source: Element): void {
  const own = source.closest('[data-tile]');
  const keys = (source.getAttribute('data-linked') ?? '').split(' ').filter((key) => key !== '');
  for (const key of keys) {
    for (const element of document.querySelectorAll(`[data-linked~="${CSS.escape(key)}"]`))
      if (element.closest('[data-tile]') !== own) element.setAttribute('data-lit', '');
  }
}
