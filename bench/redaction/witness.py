"""python-stdnum and libphonenumber as witnesses: which values of the corpus are valid, and how telephone numbers are written."""

import ipaddress
import json
import sys

import phonenumbers
import stdnum
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import exceptions, get_cc_module, iban, luhn, mac
from stdnum.se import personnummer

MODULES = {
    "at-social-security": ("at", "vnr"),
    "at-tax-number": ("at", "tin"),
    "be-national-number": ("be", "nn"),
    "ch-ahv": ("ch", "ssn"),
    "cz-birth-number": ("cz", "rc"),
    "de-tax-id": ("de", "idnr"),
    "de-tax-number": ("de", "stnr"),
    "dk-cpr": ("dk", "cpr"),
    "es-dni": ("es", "dni"),
    "es-nie": ("es", "nie"),
    "fi-hetu": ("fi", "hetu"),
    "fr-nir": ("fr", "nir"),
    "fr-tax-number": ("fr", "nif"),
    "gb-nhs": ("gb", "nhs"),
    "gb-utr": ("gb", "utr"),
    "ie-pps": ("ie", "pps"),
    "it-codice-fiscale": ("it", "codicefiscale"),
    "nl-bsn": ("nl", "bsn"),
    "no-national-id": ("no", "fodselsnummer"),
    "pl-pesel": ("pl", "pesel"),
    "pl-nip": ("pl", "nip"),
    "pt-nif": ("pt", "nif"),
    "pt-citizen-card": ("pt", "cc"),
    "us-ssn": ("us", "ssn"),
    "us-itin": ("us", "itin"),
}


def swedish(value):
    """A coordination number has 60 added to its day, which python-stdnum does not know; its check digit is Luhn's."""
    return luhn.validate(value) if value[4:6] > "60" else personnummer.validate(value)


OTHERS = {
    # The registry's structure and the two check digits; some countries have more of their own, which the corpus has not.
    "payment-iban": lambda value: iban.validate(value, check_country=False),
    "se-personnummer": swedish,
    "payment-card": luhn.validate,
    "network-ipv4": ipaddress.IPv4Address,
    "network-ipv6": ipaddress.IPv6Address,
    "network-mac": lambda value: mac.validate(value, validate_manufacturer=False),
}


def validator(kind):
    if kind in MODULES:
        return get_cc_module(*MODULES[kind]).validate
    return OTHERS.get(kind)


def is_valid(kind, value):
    check = validator(kind)
    if check is None:
        return None
    try:
        check(value)
        return True
    except (exceptions.ValidationError, ValueError):
        return False


def telephone_numbers():
    """An example of each region and kind, as libphonenumber prints it."""
    forms = {
        "E164": PhoneNumberFormat.E164,
        "international": PhoneNumberFormat.INTERNATIONAL,
        "national": PhoneNumberFormat.NATIONAL,
    }
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            for form, code in forms.items():
                yield {"region": region, "form": form, "text": phonenumbers.format_number(number, code)}


json.dump(
    {
        "version": "python-stdnum " + stdnum.__version__ + ", phonenumbers " + phonenumbers.__version__,
        "valid": [is_valid(each["kind"], each["value"]) for each in json.load(sys.stdin)],
        "telephones": list(telephone_numbers()),
    },
    sys.stdout,
)
