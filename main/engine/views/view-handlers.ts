import type { Handlers } from '../../../shared/rpc/handlers.ts';
import { SavedViews } from './saved-views.ts';

type ViewHandlers = Pick<Handlers<'engine'>, 'query.views' | 'command.view.save' | 'command.view.remove'>;

export function viewHandlers(dataDir: string, onChange: (viewId: string) => void): ViewHandlers {
  const saved = new SavedViews(dataDir, Date.now);
  return {
    'query.views': () => ({ views: saved.list() }),
    'command.view.save': (input) => {
      const view = saved.save(input);
      onChange(view.viewId);
      return view;
    },
    'command.view.remove': ({ viewId }) => {
      const view = saved.remove(viewId);
      onChange(viewId);
      return view;
    },
  };
}
