import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';

import { inWords } from './dom';
import { experimentIcon, templateIcon } from './icon';
import { listTemplates } from './server';
import { askForNotebook } from './templateForm';

const CATEGORY = 'Experiment decisions';
export const NEW_NOTEBOOK = 'decision-widgets:new-notebook';

function addCommand(app: JupyterFrontEnd, browser: IDefaultFileBrowser | null): void {
  const { commands, serviceManager } = app;
  const settings = serviceManager.serverSettings;
  commands.addCommand(NEW_NOTEBOOK, {
    label: args => String(args['title'] ?? 'New Experiment Notebook…'),
    caption: args => String(args['description'] ?? 'Make a notebook from an experiment template'),
    icon: args => (args['template'] === undefined ? experimentIcon : templateIcon(String(args['template']))),
    execute: async args => {
      const folder = String(args['cwd'] ?? browser?.model.path ?? '');
      try {
        const templates = await listTemplates(settings);
        const wanted = args['template'];
        const template = templates.find(({ id, problem }) => problem === null && (wanted === undefined || id === wanted));
        if (template === undefined) {
          throw new Error(`There is no template ${wanted === undefined ? 'at all' : `called "${String(wanted)}"`}.`);
        }
        const cwd = serviceManager.contents.localPath(folder);
        const path = await askForNotebook(settings, templates, template, cwd);
        // Naming a kernel here races with the one that the notebook's own kernelspec starts.
        return path === null ? undefined : await commands.execute('docmanager:open', { path, factory: 'Notebook' });
      } catch (error) {
        await showErrorMessage('The notebook was not made', inWords(error));
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
  palette?.addItem({ command: NEW_NOTEBOOK, category: CATEGORY, rank: 0 });
  try {
    const templates = await listTemplates(app.serviceManager.serverSettings);
    templates.forEach(({ id, title, description, problem }, rank) => {
      if (problem === null) {
        const args = { template: id, title, description };
        launcher?.add({ command: NEW_NOTEBOOK, category: CATEGORY, rank, args });
        palette?.addItem({ command: NEW_NOTEBOOK, category: CATEGORY, rank: rank + 1, args });
      }
    });
  } catch (error) {
    Notification.error(`No experiment templates. ${inWords(error)}`, { autoClose: false });
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
