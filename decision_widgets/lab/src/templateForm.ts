import { Dialog } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import { element, inWords } from './dom';
import { checkAnswers, IFilling, IParameter, ITemplate, makeNotebook } from './server';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const REST_MS = 150;
const CREATE = 1;

interface IField {
  readonly parameter: IParameter;
  readonly control: Control;
  readonly error: HTMLElement;
}

/** Which template, and an answer to each of its parameters; the server says what is wrong with them. */
class TemplateForm extends Widget implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly templates: readonly ITemplate[],
    private template: ITemplate,
    private readonly cwd: string
  ) {
    super({ node: element('div', { class: 'dw dw-TemplateForm' }) });
    this.problems = element('p', { class: 'dw-Form-general', role: 'alert' });
    this.fields = element('div', { class: 'dw-Form-fields' });
    this.name = element('input', { type: 'text', class: 'dw-in', id: 'dw-save-as', 'data-key': 'save-as' });
    this.node.append(this.choices(), element('div', { class: 'dw-Form-main' }, this.problems, this.fields));
    this.node.addEventListener('input', () => this.checkSoon());
    this.node.addEventListener('change', () => this.checkSoon(0));
    this.paint(template);
  }

  /** How many fields need attention, told to whoever shows it. */
  onChecked: (count: number) => void = () => undefined;

  getValue(): string {
    return this.path;
  }

  /** Make the notebook; false, with the reason beside its field, when something is wrong. */
  async make(): Promise<boolean> {
    try {
      let filling: IFilling | null = null;
      while (filling === null && !this.isDisposed) {
        filling = await this.check();
      }
      if (filling === null || Object.keys(filling.problems).length > 0) {
        this.focusFirstProblem();
        return false;
      }
      this.path = await makeNotebook(this.settings, {
        template: this.template.id,
        cwd: this.cwd,
        name: this.name.value.trim(),
        parameters: filling.values
      });
      return true;
    } catch (error) {
      this.problems.textContent = inWords(error);
      this.onChecked(1);
      return false;
    }
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  private choices(): HTMLElement {
    const list = element('fieldset', { class: 'dw-Form-templates' }, element('legend', { class: 'vh' }, 'Template'));
    for (const template of this.templates) {
      const radio = element('input', { type: 'radio', name: 'dw-template', value: template.id });
      radio.checked = template.id === this.template.id;
      radio.disabled = template.problem !== null;
      radio.addEventListener('change', () => this.paint(template));
      const about = element('span', { class: 'small muted' }, template.problem ?? template.description);
      list.append(element('label', {}, radio, element('span', {}, element('b', {}, template.title), about)));
    }
    return list;
  }

  private paint(template: ITemplate): void {
    this.template = template;
    this.shown = template.parameters.map(parameter => asField(parameter));
    this.name.value = `${template.id}.ipynb`;
    const saveAs = element(
      'div',
      { class: 'dw-field wide' },
      element('label', { for: 'dw-save-as' }, 'Save as'),
      this.name,
      element('p', { class: 'small muted' }, this.cwd ? `In the folder ${this.cwd}.` : 'In the top folder.')
    );
    this.fields.replaceChildren(...this.shown.map(field => asNode(field)), saveAs, ...sectionsOf(template));
    this.checkSoon(0);
  }

  private checkSoon(after: number = REST_MS): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.check().catch((error: unknown) => {
        this.problems.textContent = inWords(error);
      });
    }, after);
  }

  /** Ask what is wrong with the answers; null when they changed while it was asked. */
  private async check(): Promise<IFilling | null> {
    const asked = ++this.asked;
    const changed = this.shown.filter(({ control, parameter }) => control.value !== parameter.text);
    const answers = Object.fromEntries(changed.map(({ control, parameter }) => [parameter.name, control.value]));
    const filling = await checkAnswers(this.settings, this.template.id, answers);
    if (asked !== this.asked || this.isDisposed) {
      return null;
    }
    this.tell(filling.problems);
    return filling;
  }

  private tell(problems: IFilling['problems']): void {
    for (const { parameter, control, error } of this.shown) {
      const said = problems[parameter.name] ?? '';
      error.textContent = said;
      control.setAttribute('aria-invalid', String(said !== ''));
    }
    const named = new Set(this.shown.map(({ parameter }) => parameter.name));
    const others = Object.entries(problems).filter(([name]) => !named.has(name));
    this.problems.textContent = others.map(([, said]) => said).join(' ');
    this.onChecked(Object.keys(problems).length);
  }

  private focusFirstProblem(): void {
    this.shown.find(({ control }) => control.getAttribute('aria-invalid') === 'true')?.control.focus();
  }

  private readonly problems: HTMLElement;
  private readonly fields: HTMLElement;
  private readonly name: HTMLInputElement;
  private shown: readonly IField[] = [];
  private path = '';
  private asked = 0;
  private timer = 0;
}

function asField(parameter: IParameter): IField {
  const id = `dw-${parameter.name}`;
  const about = { id, class: 'dw-in', 'aria-describedby': `${id}-help ${id}-error`, spellcheck: 'false' };
  const control = asControl(parameter, about);
  control.value = parameter.text;
  return { parameter, control, error: element('p', { id: `${id}-error`, class: 'dw-Form-error small' }) };
}

function asControl({ type, choices, is_optional, text }: IParameter, about: Record<string, string>): Control {
  const words = choices.length > 0 ? choices : type === 'yes-no' ? ['true', 'false'] : [];
  if (words.length > 0) {
    const select = element('select', about);
    const offered = is_optional ? ['', ...words] : words;
    select.append(...offered.map(word => element('option', { value: word }, word || '(none)')));
    return select;
  }
  const long = text.includes('\n') || text.length > 60;
  const rows = String(Math.min(8, text.split('\n').length + 2));
  return long ? element('textarea', { ...about, rows }) : element('input', { ...about, type: 'text' });
}

function asNode({ parameter, control, error }: IField): HTMLElement {
  const id = control.id;
  const words = parameter.name.replace(/_/g, ' ');
  return element(
    'div',
    { class: control instanceof HTMLTextAreaElement ? 'dw-field wide' : 'dw-field' },
    element('label', { for: id }, words.charAt(0).toUpperCase() + words.slice(1)),
    control,
    element('p', { id: `${id}-help`, class: 'small muted' }, parameter.help),
    error
  );
}

function sectionsOf({ sections }: ITemplate): readonly HTMLElement[] {
  if (sections.length === 0) {
    return [];
  }
  const list = element('ol', {}, ...sections.map(section => element('li', {}, section)));
  const open = element('details', { class: 'wide dw-Form-sections', open: '' }, element('summary', {}, 'What you get'));
  open.append(list);
  return [open];
}

/** The dialog that makes a notebook: it closes when the notebook is made, and stays as long as something is wrong. */
class TemplateDialog extends Dialog<string> {
  constructor(private readonly form: TemplateForm) {
    super({
      title: 'New notebook from template',
      body: form,
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Create notebook' })],
      defaultButton: CREATE,
      focusNodeSelector: 'input:checked'
    });
    this.addClass('dw-TemplateDialog');
    const count = element('span', { class: 'dw-Dialog-count', role: 'status' });
    this.node.querySelector('.jp-Dialog-footer')?.prepend(count);
    const create = this.node.querySelector('.jp-mod-accept');
    form.onChecked = problems => {
      count.textContent = problems === 0 ? '' : problems === 1 ? '1 field needs attention' : `${problems} fields need attention`;
      create?.setAttribute('aria-disabled', String(problems > 0));
    };
  }

  override resolve(index: number = CREATE): void {
    if (index !== CREATE) {
      super.resolve(index);
    } else if (!this.isBusy) {
      this.isBusy = true;
      void this.form.make().then(isMade => {
        this.isBusy = false;
        if (isMade) {
          super.resolve(index);
        }
      });
    }
  }

  private isBusy = false;
}

/** Let the user fill in a template; the path of the notebook that was made, or null. */
export async function askForNotebook(
  settings: ServerConnection.ISettings,
  templates: readonly ITemplate[],
  template: ITemplate,
  cwd: string
): Promise<string | null> {
  const made = await new TemplateDialog(new TemplateForm(settings, templates, template, cwd)).launch();
  return made.button.accept ? made.value : null;
}
