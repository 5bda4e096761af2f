"""The formats of the record schemas, written again from their standards.

Nothing here is taken from the C code: regular expressions after the grammars,
calendars from the standard library.
"""

import calendar
import re


def whole(pattern, text):
    """Python's $ also stands before a final newline: fullmatch does not."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


# RFC 5646 section 2.1, langtag and privateuse; the irregular grandfathered
# tags, all of them deprecated, are left out.
LANGTAG = """
(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})
   (?:-[a-z]{4})?
   (?:-(?:[a-z]{2}|[0-9]{3}))?
   (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*
   (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*
   (?:-x(?:-[a-z0-9]{1,8})+)?
 |x(?:-[a-z0-9]{1,8})+)
"""


def bcp47(text):
    return re.fullmatch(LANGTAG, text, re.ASCII | re.I | re.X) is not None


def day_exists(year, month, day):
    """Years with X stand for many: they have a leap year among them."""
    if not 1 <= int(month) <= 12:
        return False
    leap = "X" in year or calendar.isleap(int(year))
    last = calendar.monthrange(2024 if leap else 2023, int(month))[1]
    return 1 <= int(day) <= last


def edtf_date(text):
    m = re.fullmatch(
        r"(-?[0-9]{2}(?:[0-9]{2}|[0-9]X|XX))"
        r"(?:-(?:([0-9]{2})(?:-([0-9]{2}|XX))?|(XX)(-XX)?))?[?~%]?",
        text, re.ASCII)
    if m is None:
        return False
    year, month, day, xx, xx_day = m.groups()
    if xx is not None:
        return xx_day is None or "X" not in year
    if month is None:
        return True
    if 21 <= int(month) <= 24:
        return day is None
    if not 1 <= int(month) <= 12:
        return False
    return day in (None, "XX") or day_exists(year, month, day)


def edtf(text):
    """ISO 8601-2:2019, level 0 and level 1 without letter-prefixed years."""
    if len(text) > 40:
        return False
    if "/" in text:
        ends = text.split("/")
        return len(ends) == 2 and ends != ["", ""] and all(
            end in ("", "..") or edtf_date(end) for end in ends)
    return edtf_date(text) or date_time(text)


def date(text):
    m = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text, re.ASCII)
    return m is not None and day_exists(*m.groups())


def date_time(text):
    """RFC 3339; our times begin with 1970."""
    m = re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
        r"(?:\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))", text, re.ASCII)
    if m is None or len(text) > 40 or not day_exists(*m.groups()[:3]):
        return False
    year, month, day, hour, minute, second = (int(g) for g in m.groups()[:6])
    if hour > 23 or minute > 59 or second > 60:
        return False
    east = 0
    if m.group(7):
        if int(m.group(8)) > 23 or int(m.group(9)) > 59:
            return False
        east = int(m.group(8)) * 3600 + int(m.group(9)) * 60
        east = -east if m.group(7) == "-" else east
    if year == 0:
        return False
    when = calendar.timegm((year, month, day, hour, minute, second)) - east
    return 0 <= when <= calendar.timegm((9999, 12, 31, 23, 59, 59))


def decimal(text):
    return len(text) <= 40 and whole(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text)


def e164(text):
    return whole(r"\+[1-9][0-9]{1,14}", text)


# RFC 5321 Dot-string and Domain with RFC 6531's additions; no quoted strings
# and no address literals.  No-break and ideographic spaces are typing errors.
WIDE = "\u0080-\u009f\u00a1-\u2fff\u3001-\ud7ff\ue000-\U0010ffff"
ATOM = f"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{WIDE}-]+"
LABEL = f"[A-Za-z0-9{WIDE}](?:[A-Za-z0-9{WIDE}-]*[A-Za-z0-9{WIDE}])?"


def email(text):
    local, _, _ = text.partition("@")
    return (len(text.encode()) <= 254 and len(local.encode()) <= 64 and
            whole(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*", text))


def uri(text):
    """Web, file transfer, mail and telephone; not a whole grammar."""
    return whole(r"(?:(?:https?|ftp)://[^/?#]|mailto:|tel:)"
                 r"[^\x00-\x20\x7f]*", text) and not whole(
                     r"(?:mailto|tel):", text) and not re.search(
                         r"[\x00-\x20\x7f]", text)


def iso3166_1(text):
    return whole(r"[A-Z]{2}", text)


def iso3166_2(text):
    return whole(r"[A-Z]{2}-[A-Z0-9]{1,3}", text)


def iso4217(text):
    return whole(r"[A-Z]{3}", text)


def iana_tz(text):
    part = "[A-Za-z0-9_+-]{1,40}"
    return text == "UTC" or whole(
        rf"(?=[A-Za-z]){part}/{part}(?:/{part})?", text)


UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def ref(text):
    m = re.fullmatch(
        rf"(?:[^/\x00-\x20\x7f]+/)?[a-z][a-z0-9-]*/(?:{UUID}|[a-z0-9][a-z0-9-]*)",
        text)
    return m is not None and len(text.encode()) <= 300


def city(text):
    return 0 < len(text.encode()) <= 200


def hash_(text):
    return whole(r"[0-9a-f]{64}", text)


FORMATS = {
    "bcp47": bcp47, "city": city, "date": date, "date-time": date_time,
    "decimal": decimal, "e164": e164, "edtf": edtf, "email": email,
    "hash": hash_, "iana-tz": iana_tz, "iso3166-1": iso3166_1,
    "iso3166-2": iso3166_2, "iso4217": iso4217, "ref": ref, "uri": uri,
}
