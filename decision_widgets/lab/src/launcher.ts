import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';

import { experimentIcon } from './icon';
import { listTemplates, makeNotebook } from './server';

const CATEGORY = 'Experiment decisions';
const NEW_NOTEBOOK = 'decision-widgets:new-notebook';

function addCommand(app: JupyterFrontEnd, browser: IDefaultFileBrowser | null): void {
  const { commands, serviceManager } = app;
  commands.addCommand(NEW_NOTEBOOK, {
    label: args => String(args['title'] ?? 'New experiment notebook'),
    caption: args => String(args['description'] ?? 'Make a notebook from an experiment template'),
    icon: experimentIcon,
    execute: async args => {
      const folder = String(args['cwd'] ?? browser?.model.path ?? '');
      const cwd = serviceManager.contents.localPath(folder);
      try {
        const path = await makeNotebook(serviceManager.serverSettings, String(args['template'] ?? ''), cwd);
        // Naming a kernel here races with the one that the notebook's own kernelspec starts.
        return await commands.execute('docmanager:open', { path, factory: 'Notebook' });
      } catch (error) {
        await showErrorMessage('The notebook was not made', error instanceof Error ? error.message : String(error));
        return undefined;
      }
    }
  });
}

async function activate(
  app: JupyterFrontEnd,
  launcher: ILauncher | null,
  palette: ICommandPalette | null,
  browser: IDefaultFileBrowser | null
): Promise<void> {
  addCommand(app, browser);
  try {
    const templates = await listTemplates(app.serviceManager.serverSettings);
    templates.forEach(({ id, title, description }, rank) => {
      const args = { template: id, title, description };
      launcher?.add({ command: NEW_NOTEBOOK, category: CATEGORY, rank, args });
      palette?.addItem({ command: NEW_NOTEBOOK, category: CATEGORY, rank, args });
    });
  } catch (error) {
    Notification.error(`No experiment templates. ${error instanceof Error ? error.message : String(error)}`, {
      autoClose: false
    });
  }
}

/** Tiles in the launcher and commands in the palette, one for each template. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'decision-widgets:launcher',
  description: 'Makes notebooks from experiment templates.',
  autoStart: true,
  // Notebook 7 has no launcher: a required token would keep the whole plugin from loading there.
  optional: [ILauncher, ICommandPalette, IDefaultFileBrowser],
  activate
};
