import { toErrorShape } from '../../../shared/errors.ts';
import { createRpcClient } from '../../../shared/rpc/client-core.ts';
import type { Log } from '../../log.ts';
import { describeDefect } from '../../process/parent.ts';
import { nodeRuntime } from '../../runtime.ts';
import { FORKED_ROLES, type Supervisor } from '../../supervisor/supervisor.ts';
import { hasOuterAddress, noticeSurroundings, tellEngine } from '../notice-surroundings.ts';
import { scheduleAlerts } from '../alert-schedule.ts';
import { prepareWorkspace, syncInBackground } from '../prepare-workspace.ts';
import { createTerminal } from '../terminal.ts';
import type { PortProcess } from './forker.ts';
import type { ElectronMain } from './electron-main.ts';
import { showNotice } from './show-notice.ts';

export interface FillDeps {
  electron: ElectronMain;
  supervisor: Supervisor<PortProcess>;
  demo: boolean;
  log: Log;
}

/** Behind the open window: a new folder gets the sample, an old one what is new in its sources. */
export function fillWorkspace({ electron, supervisor, demo, log }: FillDeps): { stop: () => void } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const client = createRpcClient({
    lanes: FORKED_ROLES.map((role) => ({ roles: [role], open: () => supervisor.connect(role) })),
    app: `tidemark ${electron.app.getVersion()}`,
    runtime: nodeRuntime,
    onStuck: () => supervisor.interruptQuery(),
  });
  const alerts = scheduleAlerts({
    client,
    runtime: nodeRuntime,
    linkBase: null,
    onFault: (item, error) =>
      log.write({
        level: 'warn',
        event: 'a check for alerts failed',
        fields: { item, error: describeDefect(error) },
      }),
  });
  client.subscribe('alerts.notice', {
    onEvent: (notice) => {
      showNotice(electron, notice);
    },
  });
  const fill = async (): Promise<void> => {
    const terminal = createTerminal(process, nodeRuntime.nowMs);
    const { isFresh } = await prepareWorkspace(client, terminal, { demo, signal });
    if (!isFresh) await syncInBackground(client, terminal, signal);
  };
  fill().catch((error: unknown) => {
    if (signal.aborted) return;
    log.write({ level: 'error', event: 'workspace is not filled', fields: { error: describeDefect(error) } });
    electron.dialog.showErrorBox('Tidemark could not fill the workspace', toErrorShape(error).message);
  });
  const stopNoticing = noticeSurroundings({
    runtime: nodeRuntime,
    wallMs: Date.now,
    hasNetwork: hasOuterAddress,
    tell: tellEngine(client),
  });
  return {
    stop() {
      stopNoticing();
      stopping.abort();
      alerts.stop();
      client.close();
    },
  };
}
