import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface IParameter {
  readonly name: string;
  readonly type: 'text' | 'number' | 'whole' | 'yes-no' | 'list' | 'mapping' | 'any';
  readonly help: string;
  readonly choices: readonly string[];
  readonly is_optional: boolean;
  /** The default as a person would type it. */
  readonly text: string;
}

export interface ITemplate {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly IParameter[];
  readonly sections: readonly string[];
  readonly problem: string | null;
}

/** What answers come to: the values, and by name what is wrong with the others ('' is about no single one). */
export interface IFilling {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: Readonly<Record<string, string>>;
}

export interface INewNotebook {
  readonly template: string;
  readonly cwd: string;
  readonly name: string;
  readonly parameters: IFilling['values'];
}

export interface IExperiment {
  readonly name: string;
  readonly design: string;
  readonly status: string;
  readonly label: string;
  readonly headline: string;
  readonly updated: string;
  readonly path: string;
  readonly kind: 'design' | 'plan' | 'decision';
  readonly notebook: string | null;
}

export interface IWorkspace {
  readonly experiments: readonly IExperiment[];
  readonly is_complete: boolean;
}

export interface IProblem {
  readonly line: number | null;
  readonly message: string;
}

/** A text as the page that shows it, or as what is wrong with it. */
export interface IPage {
  readonly html: string | null;
  readonly problems: readonly IProblem[];
}

interface IRefusal {
  readonly error?: { readonly message?: string; readonly hint?: string };
}

type Settings = ServerConnection.ISettings;

const ENABLE_HINT =
  'The decision_widgets server extension is not answering. Run "jupyter server extension enable decision_widgets", ' +
  'then restart Jupyter.';

/** The templates that the server offers, in the order in which they are shown. */
export async function listTemplates(settings: Settings): Promise<readonly ITemplate[]> {
  const answer = await ask<{ templates: ITemplate[] }>(settings, 'templates');
  return answer.templates;
}

/** Check what was typed; nothing is written. */
export async function checkAnswers(
  settings: Settings,
  template: string,
  answers: Readonly<Record<string, string>>
): Promise<IFilling> {
  return ask<IFilling>(settings, 'templates', { template, answers });
}

/** Make a notebook from a template and return its path. */
export async function makeNotebook(settings: Settings, asked: INewNotebook): Promise<string> {
  const answer = await ask<{ path: string }>(settings, 'notebooks', asked);
  return answer.path;
}

/** The experiments of the workspace, those that need attention first. */
export async function listExperiments(settings: Settings): Promise<IWorkspace> {
  return ask<IWorkspace>(settings, 'experiments');
}

/** Read a design or a saved result. */
export async function readPage(settings: Settings, resource: 'designs' | 'records', text: string): Promise<IPage> {
  return ask<IPage>(settings, resource, { text });
}

async function ask<T>(settings: Settings, resource: string, body?: object): Promise<T> {
  const url = URLExt.join(settings.baseUrl, 'decision-widgets', resource);
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await reach(url, init, settings);
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(whatWentWrong(response, answer as IRefusal));
  }
  return answer as T;
}

async function reach(url: string, init: RequestInit, settings: Settings): Promise<Response> {
  try {
    return await ServerConnection.makeRequest(url, init, settings);
  } catch {
    throw new Error('The Jupyter server cannot be reached. Check that it is running, then try again.');
  }
}

function whatWentWrong(response: Response, answer: IRefusal): string {
  const { message, hint } = answer.error ?? {};
  if (message) {
    return hint ? `${message} ${hint}` : message;
  }
  if (response.status === 404) {
    return ENABLE_HINT;
  }
  return `The Jupyter server answered ${response.status} ${response.statusText}. Reload the page, then try again.`;
}
