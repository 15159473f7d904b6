import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager, ToolbarButton } from '@jupyterlab/apputils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { ServerConnection } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import { button, element, inWords } from './dom';
import { experimentIcon } from './icon';
import { IPage, IProblem, readPage } from './server';

export const DESIGN_VIEW = 'Experiment design';
export const RECORD_VIEW = 'Experiment record';

const REST_MS = 300;
const VARIABLES = [
  '--jp-layout-color1',
  '--jp-ui-font-color1',
  '--jp-brand-color1',
  '--jp-brand-color2',
  '--jp-ui-font-family',
  '--jp-code-font-family'
];

interface IView {
  readonly resource: 'designs' | 'records';
  readonly called: string;
  readonly settings: ServerConnection.ISettings;
  readonly themes: IThemeManager | null;
  readonly edit: (path: string) => void;
}

/** The text of a document as the server shows it, or what is wrong with it; it follows the text and never changes it. */
class DocumentPage extends Widget {
  constructor(
    private readonly context: DocumentRegistry.Context,
    private readonly view: IView
  ) {
    super({ node: element('div', { class: 'dw-Document' }) });
    void context.ready.then(() => {
      if (!this.isDisposed) {
        context.model.contentChanged.connect(this.readSoon, this);
        view.themes?.themeChanged.connect(this.paint, this);
        void this.read();
      }
    });
  }

  override dispose(): void {
    clearTimeout(this.timer);
    if (!this.isDisposed) {
      this.view.themes?.themeChanged.disconnect(this.paint, this);
    }
    super.dispose();
  }

  private readSoon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), REST_MS);
  }

  private async read(): Promise<void> {
    const asked = ++this.asked;
    let page: IPage;
    try {
      page = await readPage(this.view.settings, this.view.resource, this.context.model.toString());
    } catch (error) {
      page = { html: null, problems: [{ line: null, message: inWords(error) }] };
    }
    if (asked === this.asked && !this.isDisposed) {
      this.page = page;
      this.paint();
    }
  }

  private paint(): void {
    const { page } = this;
    if (page === undefined) {
      return;
    }
    this.node.replaceChildren(page.html === null ? this.problems(page.problems) : this.frame(page.html));
  }

  private frame(html: string): HTMLElement {
    // The page may be of somebody else's file: in a sandbox nothing of it can run.
    return element('iframe', { sandbox: '', title: this.view.called, srcdoc: inTheme(html, this.view.themes) });
  }

  private problems(problems: readonly IProblem[]): HTMLElement {
    const several = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    const heading = element('p', { class: 'dw-title', role: 'heading', 'aria-level': '2' });
    heading.textContent = `This ${this.view.called.toLowerCase()} has ${several}.`;
    const items = problems.map(({ line, message }) => {
      const isSaid = line === null || message.toLowerCase().includes(`line ${line}`);
      return element('li', {}, isSaid ? message : `Line ${line}: ${message}`);
    });
    const edit = button('Edit the text', 'dw-btn primary', () => this.view.edit(this.context.path));
    return element('div', { class: 'dw dw-Document-problems', role: 'alert' }, heading, element('ul', {}, ...items), edit);
  }

  private page: IPage | undefined;
  private asked = 0;
  private timer = 0;
}

function inTheme(html: string, themes: IThemeManager | null): string {
  const known = getComputedStyle(document.body);
  const variables = VARIABLES.map(name => `${name}:${known.getPropertyValue(name).replace(/[<>{};]/g, '')}`).join(';');
  const isLight = themes?.theme ? themes.isLight(themes.theme) : true;
  const style = `:root{${variables}}body{margin:0;padding:16px;background:var(--jp-layout-color1)}`;
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>${style}</style></head>` +
    `<body data-jp-theme-light="${isLight}"><main>${html}</main></body></html>`
  );
}

class PageFactory extends ABCWidgetFactory<DocumentWidget> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions,
    private readonly view: IView
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget {
    const widget = new DocumentWidget({ content: new DocumentPage(context, this.view), context });
    widget.title.icon = experimentIcon;
    const onClick = (): void => this.view.edit(context.path);
    widget.toolbar.addItem('edit', new ToolbarButton({ label: 'Edit the text', tooltip: 'Open in the text editor', onClick }));
    return widget;
  }
}

/** Opens designs (`*.decision.yaml`) and saved results (`*.decision.json`) as pages; the text is one button away. */
export const documents: JupyterFrontEndPlugin<void> = {
  id: 'decision-widgets:documents',
  description: 'Opens experiment designs and records.',
  autoStart: true,
  optional: [IThemeManager],
  activate: (app: JupyterFrontEnd, themes: IThemeManager | null) => {
    const { commands, docRegistry, serviceManager } = app;
    const edit = (path: string): void => {
      void commands.execute('docmanager:open', { path, factory: 'Editor', options: { mode: 'split-right' } });
    };
    const shared = { settings: serviceManager.serverSettings, themes, edit };
    const add = (name: string, kind: string, json: readonly string[], view: IView): void => {
      const options = { name, modelName: 'text', fileTypes: [kind, ...json], defaultFor: [kind] };
      docRegistry.addWidgetFactory(new PageFactory(options, view));
    };
    const file = { contentType: 'file', fileFormat: 'text', icon: experimentIcon } as const;
    docRegistry.addFileType({
      ...file,
      name: 'decision-design',
      displayName: DESIGN_VIEW,
      extensions: ['.decision.yaml'],
      mimeTypes: ['text/yaml']
    });
    docRegistry.addFileType({
      ...file,
      name: 'decision-record',
      displayName: RECORD_VIEW,
      extensions: ['.decision.json', '.plan.json'],
      pattern: '^decision\\.json$',
      mimeTypes: ['application/json']
    });
    add(DESIGN_VIEW, 'decision-design', [], { ...shared, resource: 'designs', called: DESIGN_VIEW });
    add(RECORD_VIEW, 'decision-record', ['json'], { ...shared, resource: 'records', called: RECORD_VIEW });
  }
};
