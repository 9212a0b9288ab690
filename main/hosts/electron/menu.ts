import type { MenuItemConstructorOptions } from 'electron';

/** Replaces Electron's default menu, whose help entries open addresses that are not on our list. */
export function menuTemplate(platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  const first: MenuItemConstructorOptions =
    platform === 'darwin' ? { role: 'appMenu' } : { label: 'File', submenu: [{ role: 'quit' }] };
  return [first, { role: 'editMenu' }, { label: 'View', submenu: VIEW_ITEMS }, { role: 'windowMenu' }];
}

const VIEW_ITEMS: MenuItemConstructorOptions[] = [
  { role: 'reload' },
  { role: 'toggleDevTools' },
  { type: 'separator' },
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  { type: 'separator' },
  { role: 'togglefullscreen' },
];
