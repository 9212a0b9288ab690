import type { SimulatedDevice } from './device.ts';
import type { DeletionWrite, TextWrite } from './expected.ts';
import type { RemoteWorld } from './remote-world.ts';
import type { SmallRandom } from './small-random.ts';

/** Everything that happened, as somebody sees it who watches all devices at once. */
export interface Run {
  devices: SimulatedDevice[];
  world: RemoteWorld;
  texts: TextWrite[];
  deletions: DeletionWrite[];
  /** op_ids that deletion requests name. */
  redactedUsers: Set<string>;
  /** Operations whose only copy was in a data folder that an older one replaced. */
  lost: Set<string>;
  /** Annotations that a stranger's operation has touched. */
  touched: Set<string>;
  random: SmallRandom;
  step: number;
  textNumber: number;
}
