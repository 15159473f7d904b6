"""The guided notebooks: which there are, what each asks for, and a new one filled in."""

from decision_widgets.templates.filling import Filling, fill, filled, new_notebook, read_answers
from decision_widgets.templates.parameters import Parameter
from decision_widgets.templates.shelf import Template, list_templates, open_template, read_template

__all__ = [
    "Filling",
    "Parameter",
    "Template",
    "fill",
    "filled",
    "list_templates",
    "new_notebook",
    "open_template",
    "read_answers",
    "read_template",
]
