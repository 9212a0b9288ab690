import { expect, it } from 'vitest';
import type { ElectronMain } from '../../main/hosts/electron/electron-main.ts';
import { showNotice } from '../../main/hosts/electron/show-notice.ts';
import { ElectronDouble } from './double/electron-double.ts';

it('shows an alert as a notification of the system', () => {
  const double = new ElectronDouble();
  const electron = double.module as unknown as Pick<ElectronMain, 'Notification'>; // members are checked in the double
  double.recorder.isReady = true;
  showNotice(electron, { title: 'Capture rate fell', body: '80 of 100' });
  expect(double.recorder.of('Notification.show')).toEqual([
    [{ title: 'Capture rate fell', body: '80 of 100' }],
  ]);
});
