"""A report as one HTML page that needs nothing else: tables, plots, sentences, the method."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from penchant.cli.evaluate.report.plots import plots
from penchant.cli.evaluate.report.words import (
    DEFINITIONS,
    METHOD,
    label,
    number,
    seconds,
    sentences,
    with_interval,
)
from penchant.domain.metrics import MAIN
from penchant.evaluation.report import COMPARED, SEEN, Report

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    "max-width:980px;margin:2.5rem auto;padding:0 1.2rem;color:#1f2937;background:#fff}"
    "h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2.6rem}"
    "p.soft,figcaption,td.soft,.foot{color:#6b7280}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;margin:1rem 0}"
    "th,td{padding:.4rem .6rem;text-align:right;border-bottom:1px solid rgba(128,128,128,.25);"
    "white-space:nowrap}th:first-child,td:first-child{text-align:left}"
    "td small{color:#6b7280;display:block;font-size:.75rem}tr.best td:first-child{font-weight:600}"
    "td.top{font-weight:600}div.wide{overflow-x:auto}"
    "figure{margin:1.6rem 0;overflow-x:auto}figcaption{font-size:.85rem;margin-top:.4rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}"
    "ul.remarks{border-left:3px solid #eab308;padding:.5rem 1rem .5rem 2rem}"
    "dt{color:#6b7280}dd{margin:0}ul{padding-left:1.2rem}a{color:#3b82f6}"
    "@media(prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}"
    "p.soft,figcaption,td.soft,td small,dt,.foot{color:#9ca3af}}"
)


def page(
    report: Report,
    *,
    title: str,
    about: Mapping[str, str],
    remarks: Sequence[str],
    files: Sequence[str],
) -> str:
    """The page.

    Args:
        report: What was found.
        title: Its heading.
        about: What was judged and how, shown above everything.
        remarks: Sentences on the data that throw light on the figures.
        files: Names of the files that lie beside the page.
    """
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            *_about(about),
            *_remarks(remarks),
            *_sections(report),
            "<h2>How it was measured</h2>",
            f"<p>{escape(METHOD)}</p>",
            f"<p>{escape(DEFINITIONS)}</p>",
            '<p class="foot">Beside this page: ',
            ", ".join(f'<a href="{escape(name)}">{escape(name)}</a>' for name in files),
            "</p></body></html>",
        ]
    )


def _about(about: Mapping[str, str]) -> Iterator[str]:
    yield "<dl>"
    for name, value in about.items():
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"


def _remarks(remarks: Sequence[str]) -> Iterator[str]:
    if remarks:
        yield '<ul class="remarks">'
        yield from (f"<li>{escape(one)}</li>" for one in remarks)
        yield "</ul>"


def _sections(report: Report) -> Iterator[str]:
    drawn = list(plots(report))
    for seen in report.seen:
        yield f"<h2>Seen items {seen}</h2>"
        yield f'<p class="soft">{escape(SEEN[seen])}</p>'
        yield from _table(report, seen)
        found = sentences(report.comparisons, seen, MAIN)
        if found:
            yield f"<p>In {label(MAIN)}:</p><ul>"
            yield from (f"<li>{escape(one)}</li>" for one in found)
            yield "</ul>"
        for name, caption, picture in drawn:
            if name.endswith(f"-{seen}"):
                yield f"<figure>{picture}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(report: Report, seen: str) -> Iterator[str]:
    heads = ["", *map(label, COMPARED), "coverage", "fit s"]
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr></thead><tbody>"
    tops = {
        metric: max(report.interval(name, seen, metric).mean for name in report.names)
        for metric in COMPARED
    }
    for name in report.names:
        cells = [f"<td>{escape(name)}</td>"]
        for metric in COMPARED:
            one = report.interval(name, seen, metric)
            top = ' class="top"' if one.mean == tops[metric] else ""
            mean, _, ends = with_interval(one).partition(" ")
            cells.append(f"<td{top}>{mean}<small>{ends}</small></td>")
        cells.append(f"<td>{number(report.interval(name, seen, 'coverage').mean, 2)}</td>")
        cells.append(f'<td class="soft">{seconds(report.fit_s[name])}</td>')
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"
