import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { INotebook, notebookOf } from './notebook';

const ASKED = 'decision-widgets:insert-cell';

function insertBelow(notebook: INotebook, target: Node, source: string): boolean {
  const { model } = notebook;
  const at = notebook.widgets.findIndex(({ node }) => node.contains(target)) + 1;
  if (at === 0 || model === null || model.readOnly) {
    return false;
  }
  model.sharedModel.insertCell(at, { cell_type: 'code', source, metadata: { trusted: true } });
  notebook.activeCellIndex = at;
  notebook.deselectAll();
  // The keyboard stays on the button, which says what became of it.
  void notebook.scrollToItem(at).catch(() => undefined);
  return true;
}

/** Puts the code that a card offers into a new cell below the card; whoever is not answered copies. */
export const insertCell: JupyterFrontEndPlugin<void> = {
  id: 'decision-widgets:insert-cell',
  description: 'Inserts the code of a card as a cell below it.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel): void => {
        panel.node.addEventListener(ASKED, event => {
          const { detail } = event as CustomEvent<{ readonly source?: unknown } | null>;
          const source = detail?.source;
          if (typeof source === 'string' && insertBelow(notebookOf(panel), event.target as Node, source)) {
            event.preventDefault();
          }
        });
      }
    });
  }
};
