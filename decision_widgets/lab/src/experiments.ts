import { ILabShell, ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { DESIGN_VIEW, RECORD_VIEW } from './documents';
import { ExperimentList } from './experimentList';
import { experimentIcon } from './icon';
import { NEW_NOTEBOOK } from './launcher';

const ID = 'decision-widgets:experiments';
const SHOW = 'decision-widgets:show-experiments';

function makeList(app: JupyterFrontEnd): ExperimentList {
  const { commands, serviceManager } = app;
  const list = new ExperimentList({
    settings: serviceManager.serverSettings,
    create: () => void commands.execute(NEW_NOTEBOOK),
    open: ({ path, kind }) =>
      void commands.execute('docmanager:open', { path, factory: kind === 'design' ? DESIGN_VIEW : RECORD_VIEW }),
    openNotebook: path => void commands.execute('docmanager:open', { path })
  });
  serviceManager.contents.fileChanged.connect((_, { newValue, oldValue }) => {
    const path = newValue?.path ?? oldValue?.path ?? '';
    if (list.isVisible && /\.(yaml|json|ipynb)$/.test(path)) {
      void list.refresh();
    }
  });
  return list;
}

async function activate(
  app: JupyterFrontEnd,
  shell: ILabShell | null,
  palette: ICommandPalette | null,
  registry: ISettingRegistry | null,
  restorer: ILayoutRestorer | null
): Promise<void> {
  const list = shell === null ? null : makeList(app);
  const add = (): void => {
    if (list !== null && !list.isAttached) {
      shell?.add(list, 'left', { rank: 600, type: 'Experiments' });
    }
  };
  app.commands.addCommand(SHOW, {
    label: 'Show Experiments',
    caption: 'List the experiments of this workspace, those that need attention first',
    icon: experimentIcon,
    isVisible: () => list !== null,
    execute: () => {
      add();
      if (list !== null) {
        shell?.activateById(list.id);
      }
    }
  });
  if (list === null) {
    return;
  }
  restorer?.add(list, list.id);
  palette?.addItem({ command: SHOW, category: 'Experiment decisions' });
  const settings = await registry?.load(ID).catch(() => undefined);
  const follow = (): void => {
    if (settings?.get('showPanel').composite === false) {
      list.parent = null;
    } else {
      add();
    }
  };
  settings?.changed.connect(follow);
  follow();
}

/** The side panel, where there is a place for it: JupyterLab's left side. */
export const experiments: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Lists the experiments of the workspace.',
  autoStart: true,
  optional: [ILabShell, ICommandPalette, ISettingRegistry, ILayoutRestorer],
  activate
};
