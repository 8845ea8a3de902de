"""What is wrong with a row or a file, in words, with what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS = {
    # of a whole upload
    "archive_broken": _("The archive cannot be opened. Pack the files anew as a ZIP file."),
    "archive_too_many": _("The archive has more than %(most)d files. Divide it into several."),
    "archive_too_large": _(
        "The tables of the archive are too large, or packed in a way no table is. Divide it into "
        "several archives."
    ),
    "file_missing": _("The archive has no file %(name)s. Pack it anew."),
    "file_unknown": _(
        "Nobody can tell what is in %(name)s. Call it by what it holds, such as companies.csv, "
        "people.csv, contracts.csv, cases.csv or messages.csv."
    ),
    "columns_missing": _(
        "%(name)s has no column %(columns)s. Take the headings from the template."
    ),
    "columns_twice": _("%(name)s has two columns with the same heading. Take one of them out."),
    "document_too_long": _("%(name)s is too long for one document. Write one object on each line."),
    "document_faulty": _("%(name)s is not valid JSON. Export it once more."),
    "nothing_inside": _("There is no row in it that can be taken over. Look at what you exported."),
    # of a line that cannot be read
    "line_unreadable": _("The line cannot be read. Look for a quotation mark that is not closed."),
    "line_too_long": _("The line has no end. Write one object on each line."),
    "too_many_cells": _(
        "The line has %(number)d cells, more than there are headings. Put quotation marks around "
        "texts with separators in them."
    ),
    "column_unknown": _("Nobody knows the column %(column)s; it is passed by."),
    "json_faulty": _("The line is not a JSON object. Export it once more."),
    "kind_unknown": _(
        "“kind” says what the line is: product, company, site, person, contract, case or entry."
    ),
    # of a value
    "no_text": _("There is a list or an object where a text belongs. Write the text itself."),
    "empty": _("There is nothing in it, and it is needed. Fill it in."),
    "too_long": _("It is %(length)d characters long; %(longest)d are the most. Shorten it."),
    "no_day": _("“%(value)s” is no day. Write it like 2026-03-02."),
    "no_moment": _("“%(value)s” is no moment. Write it like 2026-03-02 14:30."),
    "no_amount": _("“%(value)s” is no whole number from 0 to 1000000. Write it like 12."),
    "points_over": _("“%(value)s” is over: points end on a day that is still to come."),
    "in_future": _("“%(value)s” is in the future. Look at its zone and its year."),
    "no_truth": _("“%(value)s” is neither yes nor no. Write one of the two."),
    "number_not_kept": _(
        "“%(value)s” cannot be the number of a case here. The case gets the next number, and its "
        "history tells the old one."
    ),
    "no_rows": _("It must be a list of entries. See the description of the format."),
    "unknown_zone": _("“%(value)s” is not a time zone. Write it like Europe/Berlin."),
    "unknown_country": _("“%(value)s” is not a country. Write its two letters, such as DE."),
    "unknown_language": _("“%(value)s” is not a language that is spoken here. English is taken."),
    "unknown_role": _(
        "“%(value)s” is not a role. Write contact, company_admin, agent, lead, manager, dispatcher "
        "or account_manager."
    ),
    "no_address": _("“%(value)s” is not an e-mail address. Correct it, or leave it out."),
    "no_domain": _("“%(value)s” cannot be the mail domain of one company; it is left out."),
    # of what it refers to
    "no_company": _("There is no company “%(value)s”, neither here nor in the upload. Add it."),
    "company_needed": _("A customer belongs to a company. Fill in which."),
    "company_guessed": _("No company is named: that of the contact is taken."),
    "company_made": _("No company is named: one is made with the person's own name."),
    "no_site": _("There is no site “%(value)s” of that company; it is left out."),
    "no_product": _("There is no product “%(value)s”, neither here nor in the upload. Add it."),
    "no_person": _("There is no person “%(value)s”, neither here nor in the upload. Add them."),
    "contact_is_desk": _(
        "“%(value)s” is of the desk: a case has a contact of a company. Name the customer."
    ),
    "other_company": _("The contact “%(value)s” is of another company. Name the right one."),
    "unknown_author": _("“%(value)s” is not known: the words are told as those of your desk."),
    "unknown_owner": _("“%(value)s” is not known at your desk: nobody owns the case."),
    "unknown_manager": _("“%(value)s” is no account manager here: the company has none."),
    "no_case": _("There is no case “%(value)s” in the upload. Add it, or take the line out."),
    # of what the policy knows
    "no_policy": _(
        "No policy is published yet. Publish one: cases are promised something by it from now on."
    ),
    "unknown_plan": _("The policy sells no plan “%(value)s”. Correct it, or add the plan."),
    "not_mapped": _("“%(value)s” is not translated: what the policy takes otherwise counts."),
    "unknown_kind": _(
        "“%(value)s” is no kind of entry. Write customer, reply, question, solution, note, closed "
        "or reopened."
    ),
    "too_many_entries": _("The case has %(number)d entries; %(most)d are the most."),
    "file_not_there": _("The file “%(value)s” is not in the upload: the case comes without it."),
    # of the row as a whole
    "twice": _("The id “%(value)s” is there a second time. Give each row its own."),
    "changed_case": _("It has changed there since it was taken over. Here it stays as it is."),
    "refused": _("%(why)s"),
    "not_taken": _("It could not be taken over: %(why)s."),
}


def words_of(code: str, figures: Mapping[str, Any] | None = None) -> str:
    """Say what is wrong, in the language that is spoken."""
    return str(WORDS[code]) % (figures or {})
