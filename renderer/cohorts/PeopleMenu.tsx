import { useEffect, useRef } from 'react';
import { annotateTile } from '../notes/annotate-here.ts';
import { ActionMenu, type MenuAction } from '../parts/ActionMenu.tsx';
import { Popover } from '../parts/Popover.tsx';
import { peopleAround } from './find-people.ts';
import { closePeopleMenu, openSaving, usePeopleMenu } from './people-menu-store.ts';
import './people-menu.css';

/** What can be done with the people of a mark: opened by the second button of the mouse or the menu key. */
export function PeopleMenu() {
  const menu = usePeopleMenu((state) => state.menu);
  const anchor = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const onContextMenu = (event: MouseEvent) => {
      const found = peopleAround(event.target);
      if (found === null) return;
      event.preventDefault();
      const { offers, element } = found;
      usePeopleMenu.setState({ menu: { offers, element, ...placeOf(event, element) } });
    };
    addEventListener('contextmenu', onContextMenu);
    return () => {
      removeEventListener('contextmenu', onContextMenu);
    };
  }, []);
  if (menu === null) return null;
  const { offers, element, x, y } = menu;
  const tile = element.closest<HTMLElement>('[data-tile]');
  const actions: MenuAction<string>[] = [
    ...offers.map(({ label }, index) => ({
      id: String(index),
      label: `Save ${label}`,
      icon: 'excluded' as const,
    })),
    ...(tile === null ? [] : [{ id: ANNOTATE, label: 'Annotate', icon: 'pin' as const, keys: ['A'] }]),
  ];
  return (
    <>
      <span ref={anchor} className="people-menu-anchor" style={{ left: x, top: y }} />
      <Popover
        key={`${x}-${y}`}
        anchor={anchor}
        label="This mark"
        role="group"
        onClose={() => {
          closePeopleMenu();
          focusOn(element);
        }}
      >
        <ActionMenu
          label="This mark"
          actions={actions}
          onRun={(id) => {
            if (id !== ANNOTATE) openSaving(offers, { chosen: Number(id), returnTo: areaOf(element) });
            else {
              closePeopleMenu();
              if (tile !== null) annotateTile(tile);
            }
          }}
        />
      </Popover>
    </>
  );
}

const ANNOTATE = 'annotate';

/** The pointer, or the mark itself where the menu key was pressed. */
function placeOf(event: MouseEvent, element: HTMLElement): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  const isByKey = event.clientX === 0 && event.clientY === 0;
  return isByKey ? { x: box.left, y: box.top } : { x: event.clientX, y: event.clientY };
}

/** What of a mark can have the focus: itself, or the chart around it. */
export const areaOf = (element: HTMLElement): HTMLElement =>
  element.tabIndex >= 0
    ? element
    : (element.closest<HTMLElement>('[data-chart-area], [data-tile]') ?? element);

const focusOn = (element: HTMLElement): void => {
  areaOf(element).focus();
};
