"""What the knowledge base refuses, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class SaysNothing(Invalid):
    code = "article_says_nothing"
    message = _("Write something here.")


class TooLong(Invalid):
    code = "article_too_long"
    message = _("This is too long: at most %(most)d characters.")


class ChangedMeanwhile(DomainError):
    code = "article_changed_meanwhile"
    message = _(
        "%(name)s has saved this article since you opened it. Your text stands below, and theirs "
        "on the page of the article: put them together, then save again."
    )


class NothingToPublish(DomainError):
    code = "nothing_to_publish"
    message = _("What is published says this already.")


class NotPublished(DomainError):
    code = "article_not_published"
    message = _("This article is not published.")


class CategoryInUse(DomainError):
    code = "category_in_use"
    message = _("There are articles or categories in “%(name)s”: move them first.")


class TooDeep(Invalid):
    code = "category_too_deep"
    message = _("A category stands at the top, or below one that does.")


class ReleaseOfAnother(Invalid):
    code = "release_of_another_product"
    message = _("This release is not of that product.")


class LinkOrFile(Invalid):
    code = "link_or_file"
    message = _("Give an address or a file, one of the two.")


class EndsBeforeItBegins(Invalid):
    code = "training_ends_before"
    message = _("It would end before it begins.")


class ArticleIsInternal(DomainError):
    code = "article_is_internal"
    message = _(
        "The customer cannot open “%(title)s”: it is INTERNAL, or not published. Take its address "
        "out, and write what the customer may know of it."
    )
