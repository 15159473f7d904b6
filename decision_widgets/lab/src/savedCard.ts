import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContext } from '@jupyterlab/apputils';
import { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';

const CARD_MIME = 'application/vnd.decision-widgets.card.v1+json';
const VIEW_MIME = 'application/vnd.jupyter.widget-view+json';

// Widget views register at -10 and never give way to text/html; only a lower rank is asked before them.
const RANK = -20;

/** Shows the card that the notebook saved, and the live widget in its place while its model exists. */
class SavedCard extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    session: ISessionContext
  ) {
    super();
    this.addClass('dw-SavedCard');
    // The widget manager comes with the kernel, by a new factory that nothing announces: look again at both moments.
    session.statusChanged.connect(this.showLive, this);
    void session.ready.then(() => setTimeout(() => this.showLive()));
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.forget();
    const saved = this.rendermime.createRenderer('text/html' in model.data ? 'text/html' : 'text/plain');
    this.model = model;
    this.saved = saved;
    this.addWidget(saved);
    this.showLive();
    await saved.renderModel(model);
    if (!model.trusted) {
      // Sanitised, a card has lost its own style, drawings and places: without ours it reads as paragraphs and tables.
      saved.node.querySelectorAll('.dw').forEach((root) => root.classList.remove('dw'));
    }
  }

  override dispose(): void {
    this.observer?.disconnect();
    super.dispose();
  }

  private forget(): void {
    this.observer?.disconnect();
    this.live = this.factory = undefined;
    for (const child of [...this.widgets]) {
      child.dispose();
    }
  }

  private showLive(): void {
    const { model } = this;
    const factory = this.rendermime.getFactory(VIEW_MIME);
    if (this.isDisposed || !model?.trusted || !(VIEW_MIME in model.data) || !factory || factory === this.factory) {
      return;
    }
    this.observer?.disconnect();
    this.live?.dispose();
    this.factory = factory;
    const live = this.rendermime.createRenderer(VIEW_MIME);
    this.live = live;
    this.addWidget(live);
    this.swapWhenAlive(live);
    // Without a kernel this promise stays pending, so nothing may wait for it.
    live.renderModel(model).catch((reason: unknown) => {
      console.warn('decision-widgets: the live card could not be shown; the saved one stays.', reason);
    });
  }

  private swapWhenAlive(live: Widget): void {
    const swap = (): void => {
      // A view is an element; "Loading widget" and "model not found" are bare text.
      const alive = live.node.firstElementChild !== null;
      live.setHidden(!alive);
      this.saved?.setHidden(alive);
    };
    swap();
    this.observer = new MutationObserver(swap);
    this.observer.observe(live.node, { childList: true });
  }

  private model: IRenderMime.IMimeModel | undefined;
  private saved: Widget | undefined;
  private live: Widget | undefined;
  private factory: IRenderMime.IRendererFactory | undefined;
  private observer: MutationObserver | undefined;
}

function rendermimeOf(panel: unknown): IRenderMimeRegistry {
  return (panel as { content: { rendermime: IRenderMimeRegistry } }).content.rendermime;
}

/** Keeps a saved card readable when no kernel holds its model. */
export const savedCard: JupyterFrontEndPlugin<void> = {
  id: 'decision-widgets:saved-card',
  description: 'Keeps saved result cards readable without a kernel.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    app.docRegistry.addWidgetExtension('Notebook', {
      // Each notebook has its own registry, the one that knows its widget manager.
      createNew: (panel, { sessionContext }): void => {
        const rendermime = rendermimeOf(panel);
        const createRenderer = (): SavedCard => new SavedCard(rendermime, sessionContext);
        rendermime.addFactory({ safe: true, mimeTypes: [CARD_MIME], createRenderer }, RANK);
      }
    });
  }
};
