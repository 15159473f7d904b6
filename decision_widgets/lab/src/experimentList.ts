import { ServerConnection } from '@jupyterlab/services';
import { refreshIcon } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { button, drawing, element, inWords } from './dom';
import { experimentIcon } from './icon';
import { IExperiment, IWorkspace, listExperiments } from './server';

const RING = 'M9 1.8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 9 1.8z';
const OCTAGON = 'M6 1.8h6l4.2 4.2v6L12 16.2H6L1.8 12V6z';
const HOURGLASS = 'M4.5 2h9M4.5 16h9M5.5 2v2.5L9 8.5l3.5-4V2M5.5 16v-2.5L9 9.5l3.5 4V16';
const SHIP = { tone: 'good', path: RING + 'M5.8 9.3l2.3 2.3 4.3-4.8' };
const STOP = { tone: 'bad', path: OCTAGON + 'M6.4 6.4l5.2 5.2M11.6 6.4l-5.2 5.2' };
const WAIT = { tone: 'wait', path: HOURGLASS };
const LOOKS: Readonly<Record<string, { readonly tone: string; readonly path: string }>> = {
  invalid: { tone: 'void', path: RING + 'M4 4l10 10' },
  unreadable: { tone: 'bad', path: OCTAGON + 'M9 5.4v4M9 12.4v.1' },
  'out-of-date': {
    tone: 'warn',
    path: 'M15.3 6.5A6.8 6.8 0 0 0 3 6M2.7 11.5A6.8 6.8 0 0 0 15 12M3 2.6V6h3.4M15 15.4V12h-3.4'
  },
  'stop-harm': STOP,
  'stop-benefit': SHIP,
  'plan-reached': WAIT,
  'keep-running': WAIT,
  continue: WAIT,
  'too-early': WAIT,
  ship: SHIP,
  'dont-ship': STOP,
  inconclusive: { tone: 'none', path: RING + 'M5.6 7.4h6.8M5.6 10.6h6.8' },
  planned: { tone: 'none', path: 'M4 9h10' }
};
const DESIGNS: Readonly<Record<string, string>> = { 'between-subject': 'Between-subject', switchback: 'Switchback' };
const DID: Readonly<Record<IExperiment['kind'], string>> = {
  design: 'designed',
  plan: 'planned',
  decision: 'analysed'
};
// A notebook writes its record past the browser, so nothing announces it.
const EVERY_MS = 10_000;

export interface IDoors {
  readonly settings: ServerConnection.ISettings;
  readonly open: (experiment: IExperiment) => void;
  readonly openNotebook: (path: string) => void;
  readonly create: () => void;
}

/** The experiments of the workspace, those that need attention first. */
export class ExperimentList extends Widget {
  constructor(private readonly doors: IDoors) {
    super({ node: element('div', { class: 'dw dw-Experiments' }) });
    this.id = 'decision-widgets-experiments';
    this.title.icon = experimentIcon;
    this.title.caption = 'Experiments';
    this.filter = element('input', {
      type: 'search',
      class: 'dw-in',
      placeholder: 'Filter by name or finding',
      'aria-label': 'Filter experiments',
      'data-lm-suppress-shortcuts': 'true'
    });
    this.filter.addEventListener('input', () => this.paint());
    this.count = element('span', { role: 'status' });
    this.body = element('div', { class: 'dw-Experiments-body' });
    const heading = element('p', { class: 'dw-title', role: 'heading', 'aria-level': '2' }, 'Experiments');
    const add = button('+ New', 'dw-btn quiet', () => doors.create());
    const again = button('', 'dw-btn quiet', () => void this.refresh());
    again.append(refreshIcon.element({ tag: 'span', width: '16px', height: '16px' }));
    again.title = 'Refresh';
    again.setAttribute('aria-label', 'Refresh');
    this.tools = element(
      'div',
      { class: 'dw-Experiments-tools' },
      this.filter,
      element('div', { class: 'small muted' }, this.count, element('span', {}, 'Attention first'))
    );
    this.node.append(element('div', { class: 'dw-Experiments-head' }, heading, element('span', {}, again, add)), this.tools, this.body);
  }

  /** Read the workspace again; what was found last stays while it is read. */
  async refresh(): Promise<void> {
    const asked = ++this.asked;
    let found: IWorkspace | string;
    try {
      found = await listExperiments(this.doors.settings);
    } catch (error) {
      found = inWords(error);
    }
    if (asked === this.asked && !this.isDisposed && JSON.stringify(found) !== JSON.stringify(this.found)) {
      this.found = found;
      this.paint();
    }
  }

  override dispose(): void {
    clearInterval(this.timer);
    super.dispose();
  }

  protected override onAfterShow(_: Message): void {
    void this.refresh();
    clearInterval(this.timer);
    this.timer = window.setInterval(() => void (document.hidden || this.refresh()), EVERY_MS);
  }

  protected override onAfterHide(_: Message): void {
    clearInterval(this.timer);
  }

  private paint(): void {
    const { found } = this;
    const all = typeof found === 'object' ? found.experiments : [];
    this.tools.hidden = all.length === 0;
    if (typeof found === 'string') {
      this.body.replaceChildren(element('p', { class: 'dw-Experiments-say', role: 'alert' }, found));
      return;
    }
    if (all.length === 0) {
      const design = button('Design one', 'dw-btn primary', () => this.doors.create());
      this.body.replaceChildren(
        element('p', { class: 'dw-Experiments-say' }, 'No experiments in this workspace yet.'),
        element('p', { class: 'dw-Experiments-say' }, design)
      );
      return;
    }
    this.list(all, found?.is_complete ?? true);
  }

  private list(all: readonly IExperiment[], isComplete: boolean): void {
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = all.filter(({ name, headline, label }) => `${name} ${headline} ${label}`.toLowerCase().includes(wanted));
    const several = shown.length === all.length ? `${all.length} in this workspace` : `${shown.length} of ${all.length}`;
    this.count.textContent = several;
    const held = document.activeElement?.getAttribute('data-path');
    const rows = shown.map(experiment => element('li', {}, this.row(experiment), this.notebook(experiment)));
    const more = isComplete ? null : 'The workspace is large; not every folder was looked into.';
    const note = more === null ? [] : [element('p', { class: 'dw-Experiments-say small muted' }, more)];
    this.body.replaceChildren(element('ul', {}, ...rows), ...note);
    if (held) {
      this.body.querySelector<HTMLElement>(`[data-path="${CSS.escape(held)}"]`)?.focus();
    }
  }

  private row(experiment: IExperiment): HTMLElement {
    const { tone, path } = LOOKS[experiment.status] ?? { tone: 'none', path: 'M4 9h10' };
    const tag = element('span', { class: `dw-tag toned t-${tone}` }, drawing(path), experiment.label);
    const kind = DESIGNS[experiment.design] ?? experiment.design;
    const did = experiment.status === 'unreadable' ? 'changed' : DID[experiment.kind];
    const about = [kind, `${did} ${when(new Date(experiment.updated))}`].filter(part => part);
    const row = button('', `dw-Experiment t-${tone}`, () => this.doors.open(experiment));
    row.setAttribute('data-path', experiment.path);
    row.title = experiment.path;
    row.append(
      element('span', { class: 'dw-Experiment-top' }, element('code', { class: 'strong' }, experiment.name), tag),
      element('span', { class: 'dw-Experiment-say' }, experiment.headline),
      element('span', { class: 'small muted' }, about.join(' · '))
    );
    return row;
  }

  private notebook({ name, notebook, path }: IExperiment): HTMLElement | null {
    if (notebook === null) {
      return null;
    }
    const open = button('Open notebook', 'dw-btn quiet', () => this.doors.openNotebook(notebook));
    open.setAttribute('data-path', `notebook of ${path}`);
    open.setAttribute('aria-label', `Open notebook of ${name}`);
    open.title = notebook;
    return open;
  }

  private readonly filter: HTMLInputElement;
  private readonly count: HTMLElement;
  private readonly tools: HTMLElement;
  private readonly body: HTMLElement;
  private found: IWorkspace | string | undefined;
  private asked = 0;
  private timer = 0;
}

function when(moment: Date): string {
  const start = (day: Date): number => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((start(new Date()) - start(moment)) / 86_400_000);
  if (days === 0) {
    return `today ${moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
  }
  const year = moment.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return days === 1 ? 'yesterday' : moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year });
}
