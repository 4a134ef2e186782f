"""The form of a new authenticator app: the code that shows it has the key."""

from django import forms

from dashboard.forms_confirm import code_field


class NewCodeForm(forms.Form):
    """The first code."""

    code = code_field(label="Code the app shows", help_text="Six digits. They change every 30 seconds.")
