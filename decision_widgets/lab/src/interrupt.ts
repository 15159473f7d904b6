import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

const ASKED = 'decision-widgets:interrupt';

/** Lets the Cancel button of a card interrupt the kernel that works for it: a busy kernel reads no message. */
export const interrupt: JupyterFrontEndPlugin<void> = {
  id: 'decision-widgets:interrupt',
  description: 'Interrupts the kernel when a card asks to cancel its work.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel, { sessionContext }): void => {
        panel.node.addEventListener(ASKED, () => void sessionContext.session?.kernel?.interrupt());
      }
    });
  }
};
