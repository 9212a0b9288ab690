import './link/no-eval.ts';
import './link/zod-without-eval.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createCoordinator } from './link/coordinator.ts';
import { createElectronHost, findBridge } from './link/electron.ts';
import { createRpcBackend } from './link/rpc-backend.ts';
import { createServerHost } from './link/server.ts';
import './styles/base.css';

const bridge = findBridge();
const backend = createRpcBackend(bridge === undefined ? createServerHost() : createElectronHost(bridge));
const coordinator = createCoordinator(backend, () => Date.now());

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(<App services={{ backend, coordinator }} />);
