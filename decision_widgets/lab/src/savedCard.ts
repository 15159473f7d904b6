import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContext } from '@jupyterlab/apputils';
import { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { JSONExt, PartialJSONObject } from '@lumino/coreutils';
import { Panel, Widget } from '@lumino/widgets';

import { notebookOf } from './notebook';

const CHANGED = 'decision-widgets:changed';
const CARD_MIME = 'application/vnd.decision-widgets.card.v1+json';
const VIEW_MIME = 'application/vnd.jupyter.widget-view+json';

// Widget views register at -10 and never give way to text/html; only a lower rank is asked before them.
const RANK = -20;

interface ICardPayload extends PartialJSONObject {
  readonly schema: string;
}

/** What a live card has become. */
interface IChanged {
  readonly html: string;
  readonly text: string;
  readonly payload: ICardPayload;
}

/** Shows the card that the notebook saved, and the live widget in its place while its model exists; what that becomes is saved. */
class SavedCard extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    session: ISessionContext
  ) {
    super();
    this.addClass('dw-SavedCard');
    this.node.addEventListener(CHANGED, event => this.keep((event as CustomEvent<IChanged>).detail));
    // The widget manager comes with the kernel, by a new factory that nothing announces: look again at both moments.
    session.statusChanged.connect(this.showLive, this);
    void session.ready.then(() => setTimeout(() => this.showLive()));
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    if (this.isShown(model)) {
      this.model = model;
      await this.saved?.renderModel(model);
      return;
    }
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

  /** Whether this view is of the same widget, so that what is typed in it stays. */
  private isShown({ data }: IRenderMime.IMimeModel): boolean {
    const shown = this.model?.data;
    const isSame = (mime: string): boolean => JSONExt.deepEqual(shown?.[mime] ?? null, data[mime] ?? null);
    return this.live !== undefined && VIEW_MIME in data && 'text/html' in data && isSame(VIEW_MIME);
  }

  private keep({ html, text, payload }: IChanged): void {
    const { model } = this;
    const schema = (model?.data[CARD_MIME] as ICardPayload | undefined)?.schema;
    // A card inside this one tells of itself too.
    if (this.isDisposed || !model?.trusted || schema !== payload.schema) {
      return;
    }
    const became = { 'text/plain': text, 'text/html': html, [CARD_MIME]: payload };
    // What is unchanged must not make the notebook unsaved.
    if (Object.entries(became).some(([mime, value]) => !JSONExt.deepEqual(model.data[mime] ?? null, value))) {
      model.setData({ data: { ...model.data, ...became } });
    }
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
  private saved: IRenderMime.IRenderer | undefined;
  private live: Widget | undefined;
  private factory: IRenderMime.IRendererFactory | undefined;
  private observer: MutationObserver | undefined;
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
        const rendermime = notebookOf(panel).rendermime;
        const createRenderer = (): SavedCard => new SavedCard(rendermime, sessionContext);
        rendermime.addFactory({ safe: true, mimeTypes: [CARD_MIME], createRenderer }, RANK);
      }
    });
  }
};
