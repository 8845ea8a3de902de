"""What the linter says about the translations of a policy's texts."""

from django.utils.translation import gettext_lazy

TRANSLATION_SENTENCES = {
    "language_not_spoken": (
        gettext_lazy("The desk does not speak this language (%(language)s): nobody reads it."),
        gettext_lazy("Remove its translations, or have the language added to the desk."),
    ),
    "translates_nothing": (
        gettext_lazy("This translates nothing: perhaps the text was changed."),
        gettext_lazy("Translate the text as it reads now, and remove this one."),
    ),
    "translation_differs": (
        gettext_lazy("The text and its translation do not name the same: %(kept)s."),
        gettext_lazy("Figures, addresses and placeholders are the same in every language."),
    ),
    "texts_not_translated": (
        gettext_lazy("%(number)s of %(of)s texts have no translation into %(language)s."),
        gettext_lazy("Translate them; until then everybody reads them as they are."),
    ),
}
