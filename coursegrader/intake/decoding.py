"""The text of a file in any encoding that JSON may have, and in the code pages of two editions."""

import json
import re

from coursegrader.intake.records import Record, record

#: What stands before the first letter, and in place of what is none.
MARK, LOST = "\ufeff", "\ufffd"


def decoded(data: bytes) -> tuple[str, list[Record]]:
    """Read bytes as the text that JSON is made of, in whatever encoding it was saved.

    Parameters
    ----------
    data : bytes
        Of a file.

    Returns
    -------
    text : str
        `LOST` stands for what is no letter.
    records : list of Record
        Which encoding it was, if it was an odd one.

    Examples
    --------
    >>> decoded("сумма".encode("cp1251"))[0]
    'сумма'
    """
    encoding = json.detect_encoding(data)
    records = [] if encoding == "utf-8" else [record("recoded", found=encoding)]
    try:
        return data.decode(encoding, "surrogatepass").lstrip(MARK), records
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if text.count(LOST) <= foreign / 2:
        return text, []  # UTF-8 that was spoilt here and there
    page = _code_page(data)
    return data.decode(page, "replace"), [record("recoded", found=f"{page}, as it seems")]


def _code_page(data: bytes) -> str:
    """Guess between Russian, which has whole words of such bytes, and letters with accents."""
    runs = re.findall(rb"[\x80-\xff]+", data)
    words = sum(len(run) > 1 for run in runs) > len(runs) / 2
    letters = {
        page: sum(map(str.isalpha, b"".join(runs).decode(page, "replace")))
        for page in (("cp1251", "cp1252") if words else ("cp1252", "cp1251"))
    }
    return max(letters, key=letters.__getitem__)  # of equals the first
