import { AppError } from '../../../shared/errors.ts';
import type { AlertChannel, AlertSettings } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { rulesOf, saveSettings, settingsOf } from './alert-store.ts';

/** One channel at a time, beside the settings that hold them all. */

/** In the place of the one of the same name. `tellsFindings`: what the detectors find goes there too. */
export function saveChannel(
  store: EngineStore,
  environment: string,
  { channel, tellsFindings }: { channel: AlertChannel; tellsFindings: boolean },
): AlertSettings {
  return store.db.transaction(() => {
    const settings = settingsOf(store, environment);
    const isKnown = settings.channels.some(({ name }) => name === channel.name);
    const channels = isKnown
      ? settings.channels.map((each) => (each.name === channel.name ? channel : each))
      : [...settings.channels, channel];
    const others = settings.detectorChannels.filter((name) => name !== channel.name);
    const isTold = tellsFindings || others.length < settings.detectorChannels.length;
    const detectorChannels = isTold ? [...others, channel.name] : others;
    return saveSettings(store, environment, { ...settings, channels, detectorChannels });
  })();
}

/** A rule that names it would go on firing and tell nobody, so it has to be changed first. */
export function removeChannel(store: EngineStore, environment: string, name: string): AlertSettings {
  return store.db.transaction(() => {
    const settings = settingsOf(store, environment);
    if (!settings.channels.some((channel) => channel.name === name))
      throw new AppError('not-found', `there is no channel "${name}"`);
    const telling = rulesOf(store, environment).find(({ rule }) => rule.channels.includes(name));
    if (telling !== undefined)
      throw new AppError(
        'conflict',
        `channel "${name}": the rule "${telling.rule.name}" tells it; change that first`,
      );
    return saveSettings(store, environment, {
      ...settings,
      channels: settings.channels.filter((channel) => channel.name !== name),
      detectorChannels: settings.detectorChannels.filter((each) => each !== name),
    });
  })();
}
