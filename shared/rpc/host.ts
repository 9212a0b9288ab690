import type { Lane } from './client-lane.ts';

/** Every difference between the hosts that a page can meet; both implementations end in `satisfies Host`. What a host
 *  can do beyond it is asked by `query.shell.capabilities`. */
export interface Host {
  /** The ways to engine, query and shell. */
  lanes: readonly Lane[];
  /** Opens a link outside the workbench, after a user action. */
  openLink: (url: string) => Promise<void>;
}
