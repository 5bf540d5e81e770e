"""Names of columns: what two spellings share, and names that look like our revenue and are not."""

from __future__ import annotations

import re
import unicodedata

TURNOVER = ("annualrevenue", "annualsales", "companyrevenue", "storeannualrevenue", "storeannualsales", "jahresumsatzdeskunden")
CONVERTED = "converted"


def plain_name(name: str) -> str:
    """Return the letters and digits of a name, small and without accents; what a custom field of Salesforce ends in is left out."""
    letters = unicodedata.normalize("NFKD", re.sub(r"__c$", "", name.strip())).casefold()
    return "".join(sign for sign in letters if sign.isalnum())


def trap(name: str) -> str:
    """Say why a column of this name is a trap as an amount; nothing where it is none."""
    short = plain_name(name)
    if short in TURNOVER:
        return "this is what the customer itself turns over in a year, not what it pays us"
    if short.endswith(CONVERTED):
        return "this is converted at the rate of the day it was exported, not at the plan rate; its twin is the amount as agreed"
    return ""
