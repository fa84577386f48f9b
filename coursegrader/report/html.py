"""Cells as HTML that can be opened anywhere: nothing in it runs, nothing comes from elsewhere."""

import html
import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any

import nh3
from latex2mathml.converter import convert
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

_MATH = {
    "math", "menclose", "mfrac", "mi", "mlongdiv", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "tr": {"style"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
    "img": {"alt", "height", "src", "title", "width"},
    "input": {"checked", "disabled", "type"},  # of a list of things to do
    **{tag: {"class"} for tag in ("code", "div", "pre", "span")},  # colours of code
    "math": {"display"},
    "mo": {"fence", "form", "largeop", "lspace", "minsize", "maxsize", "rspace", "stretchy"},
    "mover": {"accent"},
    "mspace": {"width"},
    "mtd": {"columnalign"},
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_COLOURS = re.compile(r"highlight|hl-\w+|[a-z][a-z0-9]{0,2}")
_KINDS = {
    ".gif": "gif", ".jpeg": "jpeg", ".jpg": "jpeg", ".png": "png", ".svg": "svg+xml",
    ".webp": "webp",
}  # fmt: skip
_LARGEST = 5_000_000  # bytes of a picture
_LONGEST = 5_000  # characters of a formula


def clean(text: str, pictures: Path | None = None) -> str:
    """Take out of HTML what would run, reach for another address, or dress up the page.

    Parameters
    ----------
    text : str
        HTML of anybody's.
    pictures : Path, optional
        A folder whose pictures may be shown; they are put into the text.

    Returns
    -------
    str

    Examples
    --------
    >>> clean('<b onclick="steal()">a</b><script>steal()</script><img src="https://a/b.png">')
    '<b>a</b><img>'
    """

    def checked(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if _PICTURE.fullmatch(value) else _embedded(pictures, value)
        if name == "class":
            return value if all(map(_COLOURS.fullmatch, value.split())) else None
        return None if name in ("href", "cite") and value.lower().startswith("data") else value

    cleaned: str = nh3.clean(
        text,
        tags=nh3.ALLOWED_TAGS | _MATH | {"input"},
        attributes=_ATTRIBUTES,
        attribute_filter=checked,
        url_schemes={"data", "http", "https", "mailto"},
        filter_style_properties={"text-align"},
    )
    return cleaned


def _embedded(folder: Path | None, address: str) -> str | None:
    """Put a picture that lies in a folder, and nowhere else, into its own address."""
    kind = _KINDS.get(Path(address).suffix.lower())
    if folder is None or kind is None or "\0" in address:
        return None
    path = (folder / address).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    if path.stat().st_size > _LARGEST:
        return None
    return f"data:image/{kind};base64,{b64encode(path.read_bytes()).decode('ascii')}"


def formula(latex: str, display: str = "inline") -> str:
    r"""Turn a formula into MathML, which browsers draw by themselves.

    Parameters
    ----------
    latex : str
        Without its dollars.
    display : str
        "inline" or "block".

    Returns
    -------
    str
        The formula's own text as code if it can't be read.

    Examples
    --------
    >>> formula("x")[-24:]
    '<mi>x</mi></mrow></math>'
    >>> formula("a^b^c")
    '<code>a^b^c</code>'
    """
    text = f"<code>{html.escape(latex)}</code>"
    if len(latex) > _LONGEST:
        return text
    try:
        return str(convert(latex.strip(), display=display))
    except Exception:  # whatever the library meets in it, a reader sees the text
        return text


class _Renderer(IPythonRenderer):
    """Markdown with formulas drawn, and attachments as pictures."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name != url and name not in self.attachments:  # nbconvert stops there
            return html.escape(text)
        return str(super().image(text, url, title))


def markdown(
    text: str, attachments: dict[str, Any] | None = None, pictures: Path | None = None
) -> str:
    r"""Turn Markdown with formulas into clean HTML; see `clean`.

    Parameters
    ----------
    text : str
        Of a cell, or a comment.
    attachments : dict, optional
        Of the cell.
    pictures : Path, optional
        A folder whose pictures may be shown.

    Returns
    -------
    str

    Examples
    --------
    >>> markdown("*twice*")
    '<p><em>twice</em></p>\n'
    """
    try:
        made = MarkdownWithMath(renderer=_Renderer(attachments or {})).render(text)
    except RecursionError:  # quotes in quotes without end
        return f"<pre>{html.escape(text)}</pre>"
    return clean(made, pictures)


@lru_cache(1)
def colours() -> str:
    """Return the style sheet of `code`, for light and for dark."""
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"


def code(text: str, language: str = "ipython3") -> str:
    """Colour code.

    Parameters
    ----------
    text : str
        Code of anybody's.
    language : str
        Its name for Pygments; one that it doesn't know is text.

    Returns
    -------
    str
        HTML.
    """
    try:
        lexer = get_lexer_by_name(language)
    except ValueError:
        lexer = get_lexer_by_name("text")
    return str(highlight(text, lexer, HtmlFormatter()))


def output(shown: NotebookNode) -> str:
    """Turn one output of a cell into HTML; the richest form that needs nothing else is taken.

    Parameters
    ----------
    shown : NotebookNode
        An output.

    Returns
    -------
    str
        Empty if nothing of it can be shown.

    Examples
    --------
    >>> from nbformat.v4 import new_output
    >>> output(new_output("stream", text="1 < 2"))
    '<pre>1 &lt; 2</pre>'
    """
    if shown.output_type == "stream":
        return _plain(shown.text)
    if shown.output_type == "error":
        return _plain(f"{shown.ename}: {shown.evalue}", "error")
    data = {kind: text for kind, text in shown.get("data", {}).items() if isinstance(text, str)}
    if data.get("text/html", "").strip():
        found = clean(data["text/html"])
        if re.sub(r"<[^>]*>", "", found).strip() or "<img src" in found:
            return f'<div class="table">{found}</div>'
    if "image/svg+xml" in data:  # as a picture it can neither run nor load anything
        drawn = b64encode(data["image/svg+xml"].encode("utf-8", "replace")).decode("ascii")
        return _picture(f"data:image/svg+xml;base64,{drawn}")
    for kind in ("image/png", "image/jpeg"):
        address = f"data:{kind};base64,{data.get(kind, '')}"
        if _PICTURE.fullmatch(address):
            return _picture(re.sub(r"\s", "", address))
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    if "text/latex" in data:
        return clean(formula(data["text/latex"].strip().strip("$"), "block"))
    return _plain(data["text/plain"]) if "text/plain" in data else ""


def _plain(text: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f"<pre{name}>{html.escape(strip_ansi(text))}</pre>"


def _picture(address: str) -> str:
    return f'<img src="{address}" alt="what the cell draws">'
